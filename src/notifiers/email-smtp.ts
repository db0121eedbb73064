/** One mail to one server, once, and what came of it: the one table of reply codes. */

import { Readable } from "node:stream";

import SMTPConnection from "nodemailer/lib/smtp-connection";

import type { AttemptResult } from "../domain/message.js";
import { EGRESS_REFUSED, openConnection, startTrace, TLS_SETTINGS } from "../lib/connection.js";
import { connectionFault } from "../lib/network-fault.js";
import type { SendContext } from "./notifier.js";

/** No server that means well says more in one reply. */
const MAX_REPLY_BYTES = 64 * 1024;
/** How long a server may take to close its side when all is said, milliseconds. */
const CLOSE_MS = 1_000;
const ENHANCED = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/;

export interface Mail {
  readonly host: string;
  readonly port: number;
  /** `starttls` insists on it; `none` never asks for it. */
  readonly tls: "starttls" | "implicit" | "none";
  readonly ca?: string;
  readonly auth?: { readonly user: string; readonly pass: string };
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and body, lines ending in CRLF. */
  readonly content: Buffer;
  readonly timeoutMs: number;
}

/** What nodemailer says of a failure, as far as it is looked at. */
interface SmtpError extends Error {
  readonly code?: string | undefined;
  readonly responseCode?: number | undefined;
  readonly response?: string | undefined;
  readonly command?: string | undefined;
  readonly rejectedErrors?: readonly SmtpError[] | undefined;
}

/** `SMTP 550 5.1.1 to RCPT TO`: numbers alone, because the words are the server's. */
function replyText({ responseCode = 0, response = "", command = "" }: SmtpError): string {
  const enhanced = ENHANCED.exec(response)?.[1];
  return `SMTP ${responseCode}${enhanced === undefined ? "" : ` ${enhanced}`} to ${command.split(" ").slice(0, 2).join(" ")}`;
}

/** A refusal is for good (5yz) unless it comes before anybody was named: a server that takes no calls now may take them later. */
function judgeReply(error: SmtpError): AttemptResult {
  const all = [error, ...(error.rejectedErrors ?? [])];
  const isForGood = all.every(({ responseCode = 0 }) => responseCode >= 500);
  const isEarly = !/^(?:AUTH|MAIL|RCPT|DATA)/.test(error.command ?? "");
  return { result: isForGood && !isEarly ? "rejected" : "retry", reason: replyText(error) };
}

function judgeFailure(error: SmtpError, begun: boolean, mail: Mail): AttemptResult {
  if (error.responseCode !== undefined && error.code !== "ETLS") return judgeReply(error);
  const why =
    error.code === "ETLS"
      ? `no TLS with ${mail.host}: it offers none, or its certificate is not trusted`
      : `the conversation with ${mail.host} broke off (${error.code ?? "unknown"})`;
  return begun
    ? { result: "ambiguous", reason: `it may have arrived: ${why}` }
    : { result: "retry", reason: `nothing was sent: ${why}` };
}

/** Who is refused where others are not is told of, not tried again: the others would get it twice. */
function refusedText(refused: readonly SmtpError[] | undefined, total: number): string | undefined {
  if (refused === undefined || refused.length === 0) return undefined;
  const codes = [...new Set(refused.map(replyText))].join(", ");
  return `${refused.length} of ${total} recipients were refused: ${codes}`;
}

/** A socket with the egress guard before it, in TLS already where that comes first. */
function connected(
  mail: Mail,
  context: SendContext,
  stop: AbortSignal,
): Promise<SMTPConnection | AttemptResult> {
  const { host, port, tls, ca } = mail;
  const settings = ca === undefined ? {} : { ca };
  return new Promise((resolve) => {
    const trace = startTrace();
    const options = { host, port, egress: context.egress, ...(tls === "implicit" ? { tls: settings } : {}) };
    const fail = (error: Error): void => {
      const { code, message } = connectionFault(error, { host, trace, nowMs: context.clock.now() });
      const isOurs = code === EGRESS_REFUSED || code === TLS_SETTINGS;
      resolve({
        result: isOurs ? "rejected" : "retry",
        reason: isOurs ? message : `nothing was sent: ${message}`,
      });
    };
    const opening = openConnection(options, trace, (error, socket) => {
      if (error !== null || socket === null) {
        fail(error ?? new Error("closed"));
        return;
      }
      resolve(
        new SMTPConnection({
          connection: socket,
          host,
          port,
          secure: tls === "implicit",
          secured: tls === "implicit",
          requireTLS: tls === "starttls",
          ignoreTLS: tls === "none",
          tls: settings,
          maxResponseSize: MAX_REPLY_BYTES,
          socketCloseTimeout: CLOSE_MS,
          logger: false,
        }),
      );
    });
    const giveUp = (): void => {
      opening?.destroy();
      resolve({ result: "retry", reason: `nothing was sent: ${host} did not accept a connection in time` });
    };
    // Also once it is connected: then whoever speaks gives up first, and this only lets go.
    stop.addEventListener("abort", giveUp);
    if (stop.aborted) giveUp();
  });
}

/** Says everything once, and stops saying it as soon as `stop` aborts. */
function converse(smtp: SMTPConnection, mail: Mail, stop: AbortSignal): Promise<AttemptResult> {
  return new Promise((resolve) => {
    let begun = false;
    const end = (result: AttemptResult): void => {
      stop.removeEventListener("abort", giveUp);
      resolve(result);
      smtp.close();
    };
    const failed = (error: SmtpError): void => end(judgeFailure(error, begun, mail));
    const giveUp = (): void => failed(Object.assign(new Error("time"), { code: "ETIMEDOUT" }));
    // As long as the connection lives: an error that nobody listens to would end the process.
    smtp.on("error", failed);
    smtp.on("end", () => failed(Object.assign(new Error("closed"), { code: "ECONNECTION" })));
    stop.addEventListener("abort", giveUp);
    if (stop.aborted) {
      giveUp();
      return;
    }

    const content = new Readable({
      read() {
        // It is asked for once the server wants it: from here on it may arrive.
        begun = true;
        this.push(mail.content);
        this.push(null);
      },
    });
    const send = (): void => {
      smtp.send({ from: mail.from, to: [...mail.to] }, content, (error, info) => {
        if (error) {
          failed(error);
          return;
        }
        smtp.quit();
        const remark = refusedText(info.rejectedErrors, mail.to.length);
        end({ result: "accepted", ...(remark === undefined ? {} : { remark }) });
      });
    };
    smtp.connect((error) => {
      if (error) {
        failed(error);
        return;
      }
      if (mail.auth === undefined) {
        send();
        return;
      }
      smtp.login({ credentials: mail.auth }, (refused) => (refused ? failed(refused) : send()));
    });
  });
}

/** One attempt. Never rejects because of the server. */
export async function mailAttempt(mail: Mail, context: SendContext): Promise<AttemptResult> {
  const stop = AbortSignal.any([context.signal, AbortSignal.timeout(mail.timeoutMs)]);
  const smtp = await connected(mail, context, stop);
  return "result" in smtp ? smtp : converse(smtp, mail, stop);
}
