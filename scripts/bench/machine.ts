/** On what a benchmark ran: figures without it mean nothing. */

import { readFileSync } from "node:fs";
import { arch, cpus, loadavg, release, totalmem, type } from "node:os";
import { join } from "node:path";

import { packageRoot } from "../../src/lib/package-root.js";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly tocsin: string;
  /** Average over the last minute before the benchmark: what else the machine did. */
  readonly load: number;
}

export function machine(): Machine {
  const found = cpus();
  return {
    cpu: found[0]?.model.trim() ?? "unknown",
    cores: found.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()} ${arch()}`,
    node: process.version,
    tocsin: tocsinVersion(),
    load: rounded(loadavg()[0] ?? 0),
  };
}

/** To two digits after the point: more would be noise. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function tocsinVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as {
    readonly version: string;
  };
  return version;
}
