/** A strict mail server: a real one that takes nothing that is not well formed, keeps what it took, and refuses what it is told to. */

import { once } from "node:events";
import type { AddressInfo } from "node:net";

import type { ParsedMail } from "mailparser";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";
import type { SMTPServerOptions } from "smtp-server";

interface TakenMail {
  readonly raw: string;
  readonly mail: ParsedMail;
  readonly from: string;
  readonly to: readonly string[];
  readonly secure: boolean;
}

export interface MailServer {
  readonly port: number;
  readonly taken: readonly TakenMail[];
  close(): Promise<void>;
}

export interface Refusals {
  /** A reply code for each address that is refused. */
  readonly recipients?: Readonly<Record<string, number>>;
  readonly sender?: number;
  readonly content?: number;
  readonly login?: number;
}

export interface MailServerOptions extends Refusals {
  readonly user?: { readonly name: string; readonly password: string };
  readonly identity?: { readonly cert: string; readonly key: string };
  /** TLS from the first byte on. */
  readonly implicit?: boolean;
}

function refusal(code: number): Error {
  return Object.assign(new Error("not here, and the password is hunter2"), { responseCode: code });
}

/** What RFC 5322 and RFC 5321 ask of a mail, as far as a sender can get it wrong. */
function contentProblem(raw: string): string | undefined {
  if (/(?:[^\r]\n)|(?:\r[^\n])/.test(raw)) return "a bare line feed or carriage return";
  if (raw.split("\r\n").some((line) => Buffer.byteLength(line) > 998)) return "a line longer than 998";
  const head = raw.slice(0, raw.indexOf("\r\n\r\n")).replace(/\r\n(?=[ \t])/g, "");
  if (/[^\x20-\x7e\r\n\t]/.test(head)) return "a header that is not ASCII";
  const missing = ["From", "To", "Date", "Message-ID", "MIME-Version"].filter(
    (name) => !new RegExp(`^${name}: `, "im").test(head),
  );
  if (missing.length > 0) return `no ${missing.join(", ")}`;
  return /^Message-ID: +<[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+>\r?$/im.test(head) ? undefined : "Message-ID";
}

function serverOptions(options: MailServerOptions, taken: TakenMail[]): SMTPServerOptions {
  const { user, identity, implicit = false, recipients = {}, sender, content, login } = options;
  const disabled = [...(user === undefined ? ["AUTH"] : []), ...(identity === undefined ? ["STARTTLS"] : [])];
  return {
    ...(identity ?? {}),
    secure: implicit,
    authOptional: user === undefined,
    allowInsecureAuth: false,
    disabledCommands: disabled,
    disableReverseLookup: true,
    onAuth({ username, password }, _session, done) {
      const isRight = username === user?.name && password === user?.password;
      if (login !== undefined) done(refusal(login));
      else if (isRight) done(null, { user: username });
      else done(refusal(535));
    },
    onMailFrom(_address, _session, done) {
      done(sender === undefined ? null : refusal(sender));
    },
    onRcptTo({ address }, _session, done) {
      const code = recipients[address];
      done(code === undefined ? null : refusal(code));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const raw = Buffer.concat(chunks).toString();
        const problem = contentProblem(raw);
        const { mailFrom, rcptTo } = session.envelope;
        if (content !== undefined) {
          done(refusal(content));
          return;
        }
        if (problem !== undefined) {
          done(Object.assign(new Error(problem), { responseCode: 554 }));
          return;
        }
        void simpleParser(raw).then((mail) => {
          const from = mailFrom === false ? "" : mailFrom.address;
          taken.push({ raw, mail, from, to: rcptTo.map(({ address }) => address), secure: session.secure });
          done();
        }, done);
      });
    },
  };
}

export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const taken: TakenMail[] = [];
  const smtp = new SMTPServer(serverOptions(options, taken));
  // A client that turns away is no failure of the server.
  smtp.on("error", () => undefined);
  smtp.listen(0, "127.0.0.1");
  const server = smtp.server;
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    taken,
    close: () => new Promise((resolve) => smtp.close(() => resolve())),
  };
}
