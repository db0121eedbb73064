/** Tells one process from another that was later given the same number: a pid together with the instant it began. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

export interface ProcessIdentity {
  readonly pid: number;
  /** When it began, in whatever form the system tells; only equality means anything. */
  readonly began: string;
}

/** The process with this number, or undefined when there is none. A zombie (ended, not yet reaped by its parent) is none. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const began = process.platform === "linux" ? beganFromProc(pid) : beganFromPs(pid);
  return began === undefined ? undefined : { pid, began };
}

/** Whether exactly this process still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identityOf(identity.pid)?.began === identity.began;
}

/** Reads an identity out of parsed JSON; undefined when it is none. */
export function readIdentity(value: unknown): ProcessIdentity | undefined {
  if (typeof value !== "object" || value === null || !("pid" in value) || !("began" in value))
    return undefined;
  const { pid, began } = value;
  if (!Number.isSafeInteger(pid) || typeof pid !== "number" || pid <= 0) return undefined;
  return typeof began === "string" ? { pid, began } : undefined;
}

/** Ticks since boot, with the boot they count from: after a reboot the same number and tick may come again. */
function beganFromProc(pid: number): string | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field is the command in brackets and may hold anything, brackets and spaces included.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, ticks] = [fields[0], fields[19]];
  if (state === undefined || ticks === undefined || "ZXx".includes(state)) return undefined;
  return `${readIfThere("/proc/sys/kernel/random/boot_id")?.trim() ?? "unknown boot"} ${ticks}`;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Gone between two looks is the same as never there.
    return undefined;
  }
}

function beganFromPs(pid: number): string | undefined {
  try {
    const answer = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C", TZ: "UTC" },
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
    const [state, ...began] = answer.split(/\s+/);
    if (state === undefined || state === "" || state.startsWith("Z")) return undefined;
    return began.join(" ");
  } catch {
    // `ps` exits with 1 when there is no such process.
    return undefined;
  }
}
