/** What `up` tells a person once everything runs: what to open, what to try, with every address filled in. */

import { shown } from "../shown-path.js";
import type { Applied } from "./configuring.js";
import type { Whereabouts } from "./installation-facts.js";

export interface Calling {
  /** How this checkout's (or package's) CLI is called. */
  readonly tocsin: string;
  /** How the Temporal CLI is called. */
  readonly temporal: string;
  readonly cwd: string;
  /** The state folder is the one that commands take in this folder without being told. */
  readonly usual: boolean;
}

/** A line to paste, and what it is for. */
interface Line {
  readonly command: string;
  readonly why: string;
}

const WIDTH = 80;

/** Lines for standard output. `file` is the configuration as the person named it. */
export function announcement(where: Whereabouts, applied: Applied, file: string, calling: Calling): string {
  const { temporal, namespace, ui, api, dir } = where;
  const open = ui === undefined ? [] : [["Temporal UI", `${ui}/namespaces/${namespace}/workflows`]];
  const facts = [
    ...open,
    ["API", `${api}/readyz`],
    ["Metrics", `${api}/metrics, ${where.workerMetrics}`],
    ["Temporal", `${temporal}, namespace ${namespace}`],
    ["State", dir],
  ];
  return [
    "",
    `Tocsin runs ${file} (revision ${applied.revision}, ${applied.checks} checks).`,
    "",
    ...facts.map(([name = "", value = ""]) => `  ${name.padEnd(13)}${value}`),
    "",
    "Try, in another terminal:",
    "",
    ...explained(where.demo === undefined ? tries(where, applied, calling) : demoTries(where, calling)),
    ...stockLines(where, applied, calling),
    "",
    "Ctrl-C stops everything; the next start carries on where this one was.",
    "",
    "",
  ].join("\n");
}

function tries(where: Whereabouts, { service }: Applied, calling: Calling): readonly Line[] {
  const { tocsin } = calling;
  const dir = dirFlag(where, calling);
  return [
    { command: `${tocsin} status${dir}`, why: "does it see, what fires, who has it" },
    { command: `${tocsin} incidents${dir}`, why: "what fires or has fired" },
    ...(service === undefined
      ? []
      : [{ command: `${tocsin} ack${dir}`, why: "when a page has come: you have it" }]),
  ];
}

/** The whole way of a page, in order. */
function demoTries(where: Whereabouts, calling: Calling): readonly Line[] {
  const { tocsin, cwd, usual } = calling;
  const dir = dirFlag(where, calling);
  const state = usual ? "" : ` --state ${shown(`${where.dir}/demo/state.json`, cwd)}`;
  return [
    { command: `${tocsin} status${dir}`, why: "everything is good" },
    { command: `${tocsin} demo break controller${state}`, why: "it answers 503" },
    { command: `${tocsin} alerts${dir}`, why: "pending within 5 s, a page 20 s later" },
    { command: `curl -s http://127.0.0.1:${where.demo?.sink ?? 0}/hook`, why: "the page, as it arrived" },
    { command: `${tocsin} ack${dir}`, why: "you have it" },
    { command: `${tocsin} demo mend all${state}`, why: "and everyone hears the end" },
  ];
}

/** What any Temporal CLI understands, on any machine that reaches this one. */
function stockLines(where: Whereabouts, { service }: Applied, { temporal }: Calling): readonly string[] {
  if (service === undefined) return [];
  return [
    "",
    "Or acknowledge with Temporal's own CLI:",
    "",
    `  ${temporal} workflow signal --name acknowledge \\`,
    `    --workflow-id incident:${service} \\`,
    `    --address ${where.temporal} --namespace ${where.namespace}`,
  ];
}

/** What a line is for stands beside it where the window has room for that. */
function explained(lines: readonly Line[]): readonly string[] {
  const width = Math.max(...lines.map(({ command }) => command.length));
  return lines.map(({ command, why }) => {
    const whole = `  ${command.padEnd(width)}   # ${why}`;
    return whole.length > WIDTH ? `  ${command}` : whole;
  });
}

function dirFlag({ dir }: Whereabouts, { usual, cwd }: Calling): string {
  return usual ? "" : ` --dir ${shown(dir, cwd)}`;
}
