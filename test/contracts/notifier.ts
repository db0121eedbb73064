/** What every notifier promises, as one suite: each notifier's own test calls it, the registry's test checks that it does. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { z } from "zod";

import { MESSAGE_KINDS } from "../../src/domain/message.js";
import { packageRoot } from "../../src/lib/package-root.js";
import type { Notifier } from "../../src/notifiers/notifier.js";
import { previewMessage } from "../../src/notifiers/sample-message.js";
import { hostileMessage, hugeMessage, SECRETS, sendContext } from "./notifier-fixtures.js";
import { describeHttpNotifier } from "./notifier-http.js";
import type { NotifierSubject } from "./notifier-subject.js";

const AT = { now: Date.UTC(2026, 0, 31, 9, 5), notifier: "suite" };
const INVISIBLE = /(?!\n)[\p{Cc}\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]/u;

export function describeNotifier<Spec, Rendered>(subject: NotifierSubject<Spec, Rendered>): void {
  const { notifier, keys, wireText } = subject;
  const spec = notifier.schema.parse(keys("http://127.0.0.1:9/hook?token=query-secret"));

  describe(`every notifier: ${notifier.type}`, () => {
    describePaper(notifier);

    test("refuses a key it does not know", () => {
      expect(notifier.schema.safeParse({ ...keys("http://127.0.0.1:9/"), no_such_key: 1 }).success).toBe(
        false,
      );
    });

    test.each(MESSAGE_KINDS)("renders a message of kind %s the same way every time", (kind) => {
      const message = previewMessage(kind, AT);
      const copy = structuredClone(message);
      expect(notifier.render(message, spec)).toEqual(notifier.render(copy, spec));
      expect(message).toEqual(copy);
    });

    test("shows control characters and half characters instead of passing them on", () => {
      const text = wireText(notifier.render(hostileMessage, spec));
      expect(text).not.toMatch(INVISIBLE);
      expect(text.isWellFormed()).toBe(true);
    });

    test("keeps the biggest message within its limit and cuts between code points", () => {
      // Nobody has it: what somebody has may be told in a word.
      const { acknowledged: _, ...message } = hugeMessage;
      const text = wireText(notifier.render(message, spec));
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(notifier.limits.textLength);
      expect(text.isWellFormed()).toBe(true);
      expect(text).not.toContain("\ufffd");
      expect(text).toContain("🔔");
    });

    test("shows no secret and no query where it says whom it tells", () => {
      const shown = notifier.target(spec);
      for (const secret of [...Object.values(SECRETS), "query-secret"]) expect(shown).not.toContain(secret);
    });

    test("accepts a message when all is well", async () => {
      if (subject.http) return;
      const context = sendContext();
      // Only now does a receiver of the subject's own listen.
      const spec = notifier.schema.parse(keys("http://127.0.0.1:9/hook"));
      const rendered = notifier.render(previewMessage("firing", AT), spec);
      expect(await notifier.send(rendered, spec, context)).toMatchObject({ result: "accepted" });
    });
  });
  if (subject.http) describeHttpNotifier(subject);
}

/** Documentation and example are part of the contract: a notifier nobody can configure is not there. */
function describePaper<Spec, Rendered>(notifier: Notifier<Spec, Rendered>): void {
  test("has an example that its schema takes", () => {
    const { type, ...own } = parse(notifier.example) as Record<string, unknown>;
    expect(type).toBe(notifier.type);
    expect(notifier.schema.safeParse(own)).toMatchObject({ success: true });
  });

  test("has a page that shows the example and names every key with its meaning", () => {
    const page = readFileSync(join(packageRoot, "docs", "notifiers", `${notifier.type}.md`), "utf8");
    const { properties } = z.toJSONSchema(notifier.schema, { io: "input" }) as {
      properties: Record<string, { description?: string }>;
    };
    expect(page).toContain(notifier.example.trim());
    for (const [key, { description }] of Object.entries(properties)) {
      expect(description).toBeDefined();
      expect(page).toContain(`\`${key}\``);
      expect(page).toContain(String(description));
    }
  });
}
