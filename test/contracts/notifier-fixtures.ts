/** What the notifier suite feeds: a context with real clocks and two secrets, a hostile message, a huge one. */

import type { AlertId } from "../../src/domain/ids.js";
import type { Message, MessageAlert } from "../../src/domain/message.js";
import { systemClock } from "../../src/lib/clock.js";
import type { EgressGuard } from "../../src/lib/egress.js";
import { Secret } from "../../src/lib/secret.js";
import type { SendContext } from "../../src/notifiers/notifier.js";
import { previewMessage } from "../../src/notifiers/sample-message.js";

/** The only references that resolve in the suite; their values must never come to light. */
export const SECRETS: Readonly<Record<string, string>> = {
  "env:SUITE_SECRET": "whsec_c3VpdGUtc2VjcmV0LW9mLTI0LWJ5dGVzIQ==",
  "env:SUITE_TOKEN": "suite-token-never-to-be-seen",
  "env:SUITE_KEY": "0123456789abcdef0123456789abcdef",
};

const everywhere: EgressGuard = { refuse: () => undefined };

/** A context of a send; what is printed goes nowhere unless `stdout` is given. */
export function sendContext(differing: Partial<SendContext> = {}): SendContext {
  return {
    signal: AbortSignal.timeout(5_000),
    clock: systemClock,
    secrets: (ref) => {
      const value = SECRETS[ref];
      return value === undefined
        ? Promise.reject(new Error(`${ref} is not set`))
        : Promise.resolve(new Secret(value));
    },
    egress: everywhere,
    stdout: () => undefined,
    ...differing,
  };
}

const sample = previewMessage("firing", { now: Date.UTC(2026, 0, 31, 9, 5), notifier: "suite" });

/** A message whose every text is `text`, with that many alerts and 7 more that it only counts. */
export function withTexts(text: string, alerts: number): Message {
  const alert = (index: number): MessageAlert => ({
    id: `kohakku/controller/ready/not-ready/${index}` as AlertId,
    episode: 1_769_850_300,
    state: "firing",
    severity: "critical",
    summary: text,
    reason: text,
    since: sample.decidedAt - 120_000,
    firedAt: sample.decidedAt,
    readingsBad: 9,
    unknownSince: sample.decidedAt,
    unknownReason: text,
    labels: Object.fromEntries(Array.from({ length: 30 }, (_, label) => [`${label} ${text}`, text])),
    action: text,
    runbook: text,
    owner: text,
  });
  return {
    ...sample,
    reason: text,
    alerts: Array.from({ length: alerts }, (_, index) => alert(index)),
    more: 7,
    acknowledged: { by: text, at: sample.decidedAt },
    paused: { by: text, until: sample.decidedAt + 60_000 },
    notes: Array.from({ length: 30 }, () => text),
    links: Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${index} ${text}`, text])),
  };
}

/** Every text tries to move a cursor, turn a line around, mention everybody, open a tag, and ends in half a character. */
export const hostileMessage = withTexts(
  "a\u001b[2Jb\u0000c\r\nd\u009b31me\u202ef\u2028g<script>alert(1)</script><!channel>@everyone\ud83d",
  2,
);

/** Fifty alerts whose every text is 40 kB of characters of four bytes. */
export const hugeMessage = withTexts("🔔".repeat(10_000), 50);
