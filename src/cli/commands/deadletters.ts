/** `tocsin deadletters`: messages that were given up; look at them, send one again, or let it be. */

import { readFile } from "node:fs/promises";

import type { Command } from "commander";
import { Option } from "commander";

import { EXIT, TocsinError } from "../../errors.js";
import type { ExitCode } from "../../errors.js";
import { createSecretResolver } from "../../lib/secret-resolver.js";
import type { DeadLetter, Store } from "../../store/store.js";
import type { ActFlags } from "../act-on.js";
import type { ConnectionFlags } from "../context.js";
import { withConnection } from "../context.js";
import { letterMessage, letterRecord, whyNotAgain } from "../dead-letter.js";
import type { Installation } from "../installation.js";
import { requireStore } from "../require-store.js";
import { attemptOnce, notifierOf } from "../one-attempt.js";
import { statePaint } from "../output/colors.js";
import { printEnvelope } from "../output/envelope.js";
import { withProgress } from "../output/progress.js";
import { table } from "../output/table.js";
import type { Column } from "../output/table.js";
import { clock } from "../../views/times.js";
import { positiveInteger } from "../parse-values.js";
import type { Session } from "../session.js";
import { colorsOf, note, say, withInstallation } from "../session.js";

interface ListFlags extends ConnectionFlags {
  readonly state: DeadLetter["state"] | "all";
  readonly limit: number;
  readonly json?: true;
}

interface RetryFlags extends ActFlags {
  readonly force?: true;
}

interface DiscardFlags extends ActFlags {
  readonly reason?: string;
}

const KEY = "as `deadletters list` shows it";
/** Letters looked through for a key. */
const MAX_LETTERS = 10_000;

export function registerDeadLetters(program: Command, session: Session): void {
  const letters = program.command("deadletters").description("messages that were given up");
  withConnection(letters.command("list"))
    .description("show those that wait, newest first")
    .addOption(
      new Option("--state <state>", "which").choices(["dead", "retried", "discarded", "all"]).default("dead"),
    )
    .option("--limit <count>", "at most so many", positiveInteger, 100)
    .option("--json", "for machines")
    .action((flags: ListFlags) =>
      withInstallation(session, flags, (installation) => list(session, installation, flags)),
    );
  withConnection(letters.command("retry"))
    .description("send one again, once, under the same key and settings")
    .argument("<key>", KEY)
    .option("--force", "also a page: see what the refusal says")
    .option("--by <name>", "who does it (default: your user name)")
    .action((key: string, flags: RetryFlags) =>
      withInstallation(session, flags, (installation) => retry(session, installation, key, flags)),
    );
  withConnection(letters.command("discard"))
    .description("let one be: nobody is told")
    .argument("<key>", KEY)
    .option("--reason <text>", "why")
    .option("--by <name>", "who does it (default: your user name)")
    .action((key: string, flags: DiscardFlags) =>
      withInstallation(session, flags, (installation) => discard(session, installation, key, flags)),
    );
}

async function list(session: Session, installation: Installation, flags: ListFlags): Promise<ExitCode> {
  const { io } = session;
  const store = await requireStore(installation);
  const { state, limit } = flags;
  const letters = await store.deadLetters({ limit, ...(state === "all" ? {} : { state }) });
  if (flags.json) printEnvelope(io, "deadletters", letters, { at: io.now() });
  else if (letters.length === 0) note(io, "there is no dead letter");
  else say(io, table(columns(session), letters, io.width));
  return EXIT.ok;
}

async function retry(
  session: Session,
  installation: Installation,
  key: string,
  flags: RetryFlags,
): Promise<ExitCode> {
  const { io } = session;
  const store = await requireStore(installation);
  const letter = await letterOf(store, key);
  const events = await store.incidentEvents(letter.incident);
  const refusal = whyNotAgain(letter, events);
  if (refusal !== undefined && !flags.force) throw new TocsinError("CLI-002", `${key}: ${refusal}`);
  const plans = await installation.plans();
  const { message, revision } = await letterMessage(letter, events, plans, installation.context);
  const plan = await plans.plan(revision);
  const named = notifierOf(plan, letter.notifier);
  if (named === undefined) {
    throw new TocsinError(
      "CLI-006",
      `revision ${revision}, under which it was told, has no notifier '${letter.notifier}'`,
    );
  }
  const result = await withProgress(io, `sending to ${named.target}`, () =>
    attemptOnce(plan, named, message, {
      secrets: createSecretResolver(io.env, (path) => readFile(path, "utf8")),
      stdout: (line) => say(io, [line]),
    }),
  );
  const by = flags.by ?? io.user;
  await store.recordStory({
    deliveries: [letterRecord(letter, result, by, installation.context.prefix, io.now())],
  });
  if (result.result !== "accepted") {
    throw new TocsinError("CLI-002", `${key}: ${result.result}, ${result.reason}; it stays a dead letter`);
  }
  await store.markDeadLetter(key, "retried", by);
  say(io, [`${key}: accepted${result.detail === undefined ? "" : `, ${result.detail}`}`]);
  return EXIT.ok;
}

async function discard(
  session: Session,
  installation: Installation,
  key: string,
  flags: DiscardFlags,
): Promise<ExitCode> {
  const { io } = session;
  const store = await requireStore(installation);
  const letter = await letterOf(store, key);
  const by = flags.by ?? io.user;
  const reason = flags.reason ?? "no reason given";
  await store.markDeadLetter(key, "discarded", by);
  const record = letterRecord(
    letter,
    { result: "discarded", reason },
    by,
    installation.context.prefix,
    io.now(),
  );
  await store.recordStory({ deliveries: [record] });
  say(io, [`${key}: discarded`]);
  return EXIT.ok;
}

/** Only one that still waits. Throws CLI-010. */
async function letterOf(store: Store, key: string): Promise<DeadLetter> {
  const letters = await store.deadLetters({ state: "dead", limit: MAX_LETTERS });
  const letter = letters.find((each) => each.key === key);
  if (letter === undefined) throw new TocsinError("CLI-010", `no dead letter waits under the key '${key}'`);
  return letter;
}

function columns(session: Session): readonly Column<DeadLetter>[] {
  const colors = colorsOf(session.io);
  const now = session.io.now();
  return [
    { title: "KEY", text: ({ key }) => key },
    { title: "STATE", text: ({ state }) => state, paint: ({ state }) => statePaint(state, colors) },
    { title: "KIND", text: ({ kind }) => kind },
    { title: "WHEN", text: ({ at }) => clock(at, now) },
    { title: "REASON", text: ({ reason }) => reason, flexible: true },
  ];
}
