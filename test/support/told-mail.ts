/** Mails to a server of the test's own, as the `email` notifier sends them. */

import type { Message } from "../../src/domain/message.js";
import { email } from "../../src/notifiers/email.js";
import type { SendContext } from "../../src/notifiers/notifier.js";
import { previewMessage } from "../../src/notifiers/sample-message.js";
import { sendContext } from "../contracts/notifier-fixtures.js";

export const ADDRESSES = { from: "Tocsin <tocsin@example.org>", to: ["oncall@example.org"] };
export const MAIL_AT = { now: Date.UTC(2026, 0, 31, 9, 5), notifier: "mail" };

/** In the clear to this machine, unless `keys` say otherwise. */
export function mailSpec(port: number, keys: Readonly<Record<string, unknown>> = {}) {
  return email.schema.parse({
    host: "127.0.0.1",
    port,
    tls: "none",
    ...ADDRESSES,
    allow_private: true,
    ...keys,
  });
}

export interface ToldMail {
  readonly keys?: Readonly<Record<string, unknown>>;
  readonly message?: Message;
  readonly context?: Partial<SendContext>;
}

export async function tellByMail(port: number, told: ToldMail = {}) {
  const { keys = {}, message = previewMessage("firing", MAIL_AT), context = {} } = told;
  const spec = mailSpec(port, keys);
  return email.send(email.render(message, spec), spec, sendContext(context));
}
