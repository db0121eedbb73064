/** The `email` notifier: plain text by SMTP, in one thread an incident. */

import MailComposer from "nodemailer/lib/mail-composer";
import { z } from "zod";

import { serviceOfIncident } from "../domain/ids.js";
import type { AttemptResult, Message } from "../domain/message.js";
import { secretValue } from "../lib/spec-values.js";
import { oneLine, truncateBytes } from "../lib/text.js";
import { mailAttempt } from "./email-smtp.js";
import { allowPrivateValue, resolved, timeoutValue, Unusable, withSettings } from "./http-settings.js";
import { headline, whatIsBroken } from "./message-parts.js";
import { MAX_TEXT_BYTES, messageText } from "./message-text.js";
import type { Notifier, SendContext } from "./notifier.js";

/** What a mail may be wide. */
const WIDTH = 76;
const MAX_TOPIC_BYTES = 200;
const HOST = /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$|^[0-9A-Fa-f:.]+$/;
const ADDRESS = /^[^\s@<>,;:"()[\]\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;
/** A name in front of an address; nothing that would end a header or begin another address. */
const NAMED = /^(?:([^\r\n"<>,;:@\\]{1,100})\s)?<([^<>]+)>$/;
const PORTS = { starttls: 587, implicit: 465, none: 25 } as const;

const addressExpected = "expected an address: ops@example.org or Tocsin <ops@example.org>";

function bareAddress(text: string): string {
  return NAMED.exec(text)?.[2] ?? text;
}

const address = z.string().refine((text) => ADDRESS.test(bareAddress(text)), addressExpected);

const schema = z
  .strictObject({
    host: z.string().regex(HOST, "expected a host name or an address").describe("The mail server"),
    port: z
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe("Its port; unless told 587 with `starttls`, 465 with `implicit`, 25 with `none`"),
    tls: z
      .enum(["starttls", "implicit", "none"])
      .default("starttls")
      .describe(
        "`starttls` insists on TLS after a clear greeting, `implicit` begins with TLS, `none` sends in the clear",
      ),
    ca: secretValue()
      .optional()
      .describe("PEM text with the authorities to trust instead of the built-in ones, by reference"),
    user: z.string().min(1).optional().describe("Who logs in; needs `password`"),
    password: secretValue().optional().describe("The password of `user`"),
    from: address.describe("The sender's address"),
    to: z.array(address).min(1).max(20).describe("The recipients' addresses, at most 20"),
    allow_private: allowPrivateValue,
    timeout: timeoutValue,
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), {
    message: "expected `user` and `password` together",
  });

export type EmailSpec = z.output<typeof schema>;

export interface EmailMessage {
  readonly id: string;
  /** The thread's first mail, in every other. */
  readonly root?: string;
  /** `[RESOLVED]`: how it stands, in front of the subject. */
  readonly state: string;
  /** The rest of the subject, unless the thread has one already. */
  readonly topic: string;
  readonly text: string;
  readonly isUrgent: boolean;
  readonly date: number;
  readonly incident: string;
  readonly key: string;
}

/** An identifier by RFC 5322 for a key, without its angle brackets: what may not stand in one is replaced or encoded. */
function messageId(key: string, from: string): string {
  const local = key
    .replaceAll("@", "=")
    .replaceAll(":", "_")
    .replace(/\.(?=[./=]|$)/g, "%2E");
  return `${local}@${bareAddress(from).split("@").at(-1) ?? "localhost"}`;
}

function topicOf(message: Message): string {
  return truncateBytes(`${serviceOfIncident(message.incident)}: ${whatIsBroken(message)}`, MAX_TOPIC_BYTES);
}

function render(message: Message, spec: EmailSpec): EmailMessage {
  const { key, n, incident, decidedAt } = message;
  const root = messageId(key.slice(0, key.lastIndexOf("/")), spec.from);
  const [state = ""] = headline(message).split(":", 1);
  return {
    ...(n === 1 ? { id: root } : { id: messageId(key, spec.from), root }),
    state: `[${state}]`,
    topic: topicOf(message),
    text: `${messageText(message, WIDTH)}\n`,
    isUrgent: message.page && message.severity === "critical",
    date: decidedAt,
    incident,
    key,
  };
}

/** The same message with the same topic is the same, byte for byte, whenever it is sent. */
async function content(mail: EmailMessage, spec: EmailSpec, topic: string): Promise<Buffer> {
  const { id, root, state, text, isUrgent, date, incident, key } = mail;
  const references = root === undefined ? {} : { inReplyTo: `<${root}>`, references: `<${root}>` };
  const composer = new MailComposer({
    from: spec.from,
    to: [...spec.to],
    subject: `${state} ${topic}`,
    messageId: `<${id}>`,
    ...references,
    date: new Date(date),
    text,
    headers: {
      "Auto-Submitted": "auto-generated",
      "X-Auto-Response-Suppress": "All",
      "X-Tocsin-Incident": incident,
      "X-Tocsin-Key": key,
      ...(isUrgent ? { Importance: "high", "X-Priority": "1" } : {}),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}

async function login(spec: EmailSpec, context: SendContext) {
  const { user, password } = spec;
  if (user === undefined || password === undefined) return {};
  const pass = await resolved("password", password, context);
  if (/[\r\n\0]/.test(pass)) throw new Unusable(`password: what ${password} holds has a line break in it`);
  return { auth: { user, pass } };
}

function send(message: EmailMessage, spec: EmailSpec, context: SendContext): Promise<AttemptResult> {
  return withSettings(async () => {
    // Readers thread by references; some want a like subject, too.
    const topic =
      context.receipt === undefined
        ? message.topic
        : truncateBytes(oneLine(context.receipt), MAX_TOPIC_BYTES);
    const result = await mailAttempt(
      {
        host: spec.host,
        port: spec.port ?? PORTS[spec.tls],
        tls: spec.tls,
        ...(spec.ca === undefined ? {} : { ca: await resolved("ca", spec.ca, context) }),
        ...(await login(spec, context)),
        from: bareAddress(spec.from),
        to: spec.to.map(bareAddress),
        content: await content(message, spec, topic),
        timeoutMs: spec.timeout,
      },
      context,
    );
    return result.result === "accepted" ? { ...result, receipt: topic } : result;
  });
}

/** A repeat has the same Message-ID, by which many mail servers and readers show it once. */
export const email = Object.freeze<Notifier<EmailSpec, EmailMessage>>({
  type: "email",
  summary: "Sends mail in plain text, one thread an incident",
  schema,
  limits: { textLength: MAX_TEXT_BYTES + 4_096 },
  supports: { end: true, key: true },
  render,
  send,
  target: (spec) => `${spec.to.join(", ")} by ${spec.host}`,
  example: [
    "type: email",
    "host: smtp.example.org",
    "user: tocsin",
    "password: env:SMTP_PASSWORD",
    "from: Tocsin <tocsin@example.org>",
    "to: [oncall@example.org]",
    "",
  ].join("\n"),
});
