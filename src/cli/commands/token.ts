/** `tocsin token`: who may use the listener, and for what. */

import type { Command } from "commander";
import { Option } from "commander";

import type { CheckId } from "../../domain/ids.js";
import type { Scope, Token } from "../../domain/token.js";
import { isActive, SCOPES } from "../../domain/token.js";
import type { ExitCode } from "../../errors.js";
import { EXIT, TocsinError } from "../../errors.js";
import { newTokenId, newTokenSecret, tokenHash } from "../../lib/token-secret.js";
import type { ConnectionFlags } from "../context.js";
import { withConnection } from "../context.js";
import type { Installation } from "../installation.js";
import { requireStore } from "../require-store.js";
import { appliedPlan } from "../../views/monitors.js";
import { statePaint } from "../output/colors.js";
import { printEnvelope } from "../output/envelope.js";
import { table } from "../output/table.js";
import type { Column } from "../output/table.js";
import { clock } from "../../views/times.js";
import { durationMs } from "../parse-values.js";
import { pingInstructions, refuseOtherThanHeartbeat } from "../ping-address.js";
import type { Session } from "../session.js";
import { colorsOf, note, say, withInstallation } from "../session.js";
import { checkTarget } from "../../views/target.js";

interface CreateFlags extends ConnectionFlags {
  readonly name?: string;
  readonly scope?: readonly Exclude<Scope, "ping">[];
  readonly ping?: string;
  readonly url?: string;
  readonly expires?: number;
  readonly by?: string;
  readonly json?: true;
}

interface ListFlags extends ConnectionFlags {
  readonly all?: true;
  readonly json?: true;
}

const MAX_NAME = 100;

export function registerToken(program: Command, session: Session): void {
  const token = program.command("token").description("who may use the listener, and for what");
  withConnection(token.command("create"))
    .description("make one; its secret is shown this once")
    .addOption(
      new Option("--scope <scopes...>", "what it allows").choices(SCOPES.filter((scope) => scope !== "ping")),
    )
    .option("--ping <check>", "for the pings of this heartbeat check alone; prints their address")
    .option("--url <base>", "how the job reaches the listener (default: where `up` says that it is)")
    .option("--name <text>", "what lists show it as")
    .option("--expires <duration>", "when it ends by itself (default: never)", durationMs)
    .option("--by <name>", "who does it (default: your user name)")
    .option("--json", "for machines")
    .action((flags: CreateFlags) => {
      const check = flags.ping === undefined ? undefined : checkTarget(flags.ping);
      if ((check === undefined) === (flags.scope === undefined)) {
        throw new TocsinError("CLI-001", "say what it is for: either --scope or --ping");
      }
      return withInstallation(session, flags, (installation) => create(session, installation, check, flags));
    });
  withConnection(token.command("list"))
    .description("show those that hold")
    .option("--all", "also those revoked or expired")
    .option("--json", "for machines")
    .action((flags: ListFlags) =>
      withInstallation(session, flags, (installation) => list(session, installation, flags)),
    );
  withConnection(token.command("revoke"))
    .description("let one hold no more; the listener knows within five seconds")
    .argument("<id>", "as `token list` shows it")
    .option("--by <name>", "who does it (default: your user name)")
    .action((id: string, flags: ConnectionFlags & { readonly by?: string }) =>
      withInstallation(session, flags, async (installation) => {
        const store = await requireStore(installation);
        if (!(await store.revokeToken(id, flags.by ?? session.io.user))) {
          throw new TocsinError("CLI-012", `no token '${id}' holds`);
        }
        say(session.io, [`${id}: revoked`]);
        return EXIT.ok;
      }),
    );
}

async function create(
  session: Session,
  installation: Installation,
  check: CheckId | undefined,
  flags: CreateFlags,
): Promise<ExitCode> {
  const { io } = session;
  const store = await requireStore(installation);
  if (check !== undefined) refuseOtherThanHeartbeat(await appliedPlan(installation), check);
  const secret = newTokenSecret();
  const id = newTokenId();
  const scopes: readonly Scope[] = check === undefined ? [...new Set(flags.scope)] : ["ping"];
  const name = (flags.name ?? check ?? scopes.join("+")).slice(0, MAX_NAME);
  const expiresAt = flags.expires === undefined ? undefined : io.now() + flags.expires;
  await store.createToken({
    id,
    hash: tokenHash(secret),
    name,
    scopes,
    createdBy: flags.by ?? io.user,
    ...(check === undefined ? {} : { pingCheck: check }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  });
  const ping =
    check === undefined ? undefined : pingInstructions(flags.url ?? installation.context.api, secret);
  if (flags.json) {
    const data = { id, name, scopes, secret, expiresAt, check, url: ping?.url, curl: ping?.curl };
    printEnvelope(io, "token", data, { at: io.now() });
    return EXIT.ok;
  }
  note(io, `token ${id} (${name}): the secret is shown this once, and kept nowhere`);
  say(io, ping === undefined ? [secret] : ping.lines);
  if (ping?.remark !== undefined) note(io, ping.remark);
  return EXIT.ok;
}

async function list(session: Session, installation: Installation, flags: ListFlags): Promise<ExitCode> {
  const { io } = session;
  const store = await requireStore(installation);
  const now = io.now();
  const found = (await store.tokens())
    .filter((token) => flags.all === true || isActive(token, now))
    .map(({ hash: _hash, ...token }) => token);
  if (flags.json) printEnvelope(io, "tokens", found, { at: now });
  else if (found.length === 0) note(io, "there is no token: only this machine reaches the listener");
  else say(io, table(columns(session), found, io.width));
  return EXIT.ok;
}

function columns(session: Session): readonly Column<Token>[] {
  const colors = colorsOf(session.io);
  const now = session.io.now();
  const state = (token: Token): string =>
    isActive(token, now) ? "holds" : token.revokedAt === undefined ? "expired" : "revoked";
  return [
    { title: "ID", text: ({ id }) => id },
    { title: "STATE", text: state, paint: (row) => statePaint(state(row), colors) },
    { title: "SCOPES", text: ({ scopes }) => scopes.join(",") },
    { title: "MADE", text: ({ createdAt, createdBy }) => `${clock(createdAt, now)} ${createdBy}` },
    {
      title: "USED",
      text: ({ lastUsedAt }) => (lastUsedAt === undefined ? "never" : clock(lastUsedAt, now)),
    },
    { title: "EXPIRES", text: ({ expiresAt }) => (expiresAt === undefined ? "-" : clock(expiresAt, now)) },
    { title: "NAME", text: ({ name }) => name, flexible: true },
  ];
}
