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

/** Lines for standard output. `file` is the configuration as the person named it. */
export function announcement(where: Whereabouts, applied: Applied, file: string, calling: Calling): string {
  const { temporal, namespace, ui, api, dir } = where;
  const at = `--address ${temporal} --namespace ${namespace}`;
  const open = ui === undefined ? [] : [["Temporal UI", `${ui}/namespaces/${namespace}/workflows`]];
  const facts = [
    ...open,
    ["API", `${api}/readyz`],
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
    ...tries(where, calling, at).map((line) => `  ${line}`),
    "",
    "Ctrl-C stops everything; the next start carries on where this one was.",
    "",
    "",
  ].join("\n");
}

function tries(where: Whereabouts, { tocsin, temporal, cwd, usual }: Calling, at: string): readonly string[] {
  const dir = usual ? "" : ` --dir ${shown(where.dir, cwd)}`;
  const general = [
    `${tocsin} status${dir} ${at}`,
    `${tocsin} incidents${dir} ${at}`,
    `${temporal} workflow list ${at}`,
  ];
  if (where.demo === undefined) return general;
  const state = usual ? "" : ` --state ${shown(`${where.dir}/demo/state.json`, cwd)}`;
  const incident = "--workflow-id incident:kohakku/controller";
  return [
    ...general,
    `${tocsin} demo break controller${state}`,
    `curl -s http://127.0.0.1:${where.demo.sink}/hook`,
    `${temporal} workflow query ${incident} --type status ${at}`,
    `${temporal} workflow signal ${incident} --name acknowledge ${at}`,
    `${tocsin} demo mend all${state}`,
  ];
}
