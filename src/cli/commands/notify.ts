/** `tocsin notify`: shows what a notifier would say, or sends one made-up message through it. */

import { readFile } from "node:fs/promises";

import type { Command } from "commander";
import { Option } from "commander";

import type { AttemptResult, Message, MessageKind } from "../../domain/message.js";
import { MESSAGE_KINDS } from "../../domain/message.js";
import type { Plan } from "../../domain/plan.js";
import type { ExitCode } from "../../errors.js";
import { EXIT, TocsinError } from "../../errors.js";
import { didYouMean } from "../../lib/did-you-mean.js";
import { createSecretResolver } from "../../lib/secret-resolver.js";
import { messageText } from "../../notifiers/message-text.js";
import { previewMessage } from "../../notifiers/sample-message.js";
import { testEnd, testMessage } from "../../notifiers/test-message.js";
import type { ConnectionFlags } from "../context.js";
import { withConnection } from "../context.js";
import type { Installation } from "../installation.js";
import { attemptOnce, notifierOf } from "../one-attempt.js";
import type { NamedNotifier } from "../one-attempt.js";
import { printEnvelope } from "../output/envelope.js";
import { foundSomething } from "../output/failure.js";
import { statePaint } from "../output/colors.js";
import { withProgress } from "../output/progress.js";
import { choosePlan } from "../plan-choice.js";
import type { Session } from "../session.js";
import { colorsOf, note, say, withInstallation } from "../session.js";

interface NotifyFlags extends ConnectionFlags {
  readonly config?: string;
  readonly kind: MessageKind;
  readonly json?: true;
}

export function registerNotify(program: Command, session: Session): void {
  const notify = program.command("notify").description("try a notifier");
  const withNotifier = (command: Command): Command =>
    withConnection(command)
      .argument("<notifier>", "its name in the configuration")
      .option("--config <file>", "from this file instead of what has been applied")
      .addOption(
        new Option("--kind <kind>", "which kind of message").choices(MESSAGE_KINDS).default("firing"),
      )
      .option("--json", "for machines");
  withNotifier(notify.command("test"))
    .description("send one message that says that it is a test, and its end; say how each ended")
    .action((name: string, flags: NotifyFlags) =>
      withInstallation(session, flags, (installation) => test(session, installation, name, flags)),
    );
  withNotifier(notify.command("preview"))
    .description("show a made-up message; nothing is sent")
    .action((name: string, flags: NotifyFlags) =>
      withInstallation(session, flags, (installation) => preview(session, installation, name, flags)),
    );
}

async function test(
  session: Session,
  installation: Installation,
  name: string,
  flags: NotifyFlags,
): Promise<ExitCode> {
  const { io } = session;
  const plan = await choosePlan(installation, io, flags.config);
  const named = requireNotifier(plan, name);
  const { revision } = plan;
  const message = testMessage(flags.kind, { now: io.now(), notifier: name, by: io.user, revision });
  const result = await attempt(session, plan, named, message, flags);
  const receipt = result.result === "accepted" ? result.receipt : undefined;
  // What may have arrived owes an end: a ticket that it opened must not stay open.
  const isOwed = message.state === "open" && ["accepted", "ambiguous"].includes(result.result);
  const end = isOwed
    ? await attempt(session, plan, named, testEnd(message, io.now()), flags, receipt)
    : undefined;
  if (flags.json) {
    const data = end === undefined ? result : { ...result, end };
    printEnvelope(io, "attempt", data, { notifier: name, key: message.key });
  } else {
    say(io, [resultLine(session, named, "", result)]);
    if (end !== undefined) say(io, [resultLine(session, named, "its end ", end)]);
  }
  const isDone = [result, end].every((each) => each === undefined || each.result === "accepted");
  return foundSomething(!isDone);
}

function attempt(
  { io }: Session,
  plan: Plan,
  named: NamedNotifier,
  message: Message,
  { json }: NotifyFlags,
  receipt?: string,
): Promise<AttemptResult> {
  return withProgress(io, `sending to ${named.target}`, () =>
    attemptOnce(plan, named, message, {
      secrets: createSecretResolver(io.env, (path) => readFile(path, "utf8")),
      // With --json the data is the result alone.
      stdout: (line) => (json ? note(io, line) : say(io, [line])),
      receipt,
    }),
  );
}

function resultLine(
  session: Session,
  { name, target }: NamedNotifier,
  what: string,
  result: AttemptResult,
): string {
  const detail = result.result === "accepted" ? (result.remark ?? result.detail) : result.reason;
  const word = statePaint(
    result.result === "accepted" ? "accepted" : "fail",
    colorsOf(session.io),
  )(result.result);
  return `${name} (${target}): ${what}${word}${detail === undefined ? "" : `, ${detail}`}`;
}

async function preview(
  session: Session,
  installation: Installation,
  name: string,
  flags: NotifyFlags,
): Promise<ExitCode> {
  const { io } = session;
  const plan = await choosePlan(installation, io, flags.config);
  const { type, spec, target } = requireNotifier(plan, name);
  const message = previewMessage(flags.kind, { now: io.now(), notifier: name });
  const rendered = type.render(message, spec);
  if (flags.json) printEnvelope(io, "preview", rendered, { notifier: name, target });
  else {
    note(io, `to ${name} (${target}), as ${type.type} sends it:`);
    say(io, renderedLines(rendered));
    note(io, "and as a person reads it:");
    say(io, [messageText(message, io.width)]);
  }
  return EXIT.ok;
}

/** What a notifier renders is its own: text, lines, or a structure. JSON inside is laid out for reading. */
function renderedLines(rendered: unknown): readonly string[] {
  if (Array.isArray(rendered) && rendered.every((line) => typeof line === "string")) return rendered;
  return JSON.stringify(rendered, unfolded, 2).split("\n");
}

function unfolded(_key: string, value: unknown): unknown {
  if (typeof value !== "string" || !value.startsWith("{")) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

function requireNotifier(plan: Plan, name: string): NamedNotifier {
  const named = notifierOf(plan, name);
  if (named !== undefined) return named;
  const names = Object.keys(plan.notifiers);
  const meant = didYouMean(name, names);
  const hint = meant === undefined ? `; it has ${names.join(", ")}` : `; did you mean ${meant}?`;
  throw new TocsinError("CLI-006", `revision ${plan.revision} has no notifier '${name}'${hint}`);
}
