/** Tocsin's own processes as children of `up`: worker, listener and demo. */

import { connect } from "node:net";
import { join } from "node:path";

import type { ChildPlan } from "../../embedded/child-plan.js";
import { packageRoot } from "../../lib/package-root.js";
import type { DemoPorts } from "./installation-facts.js";

/** A worker hands its sweeps over at once, but an attempt at a notifier may take its time. */
const WORKER_GRACE_MS = 25_000;
const GRACE_MS = 5_000;

function tocsin(name: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildPlan {
  return {
    name,
    command: process.execPath,
    args: [join(packageRoot, "dist", "src", "cli", "main.js"), ...args],
    env,
    holdsInput: true,
    graceMs: GRACE_MS,
  };
}

export function workerPlan(metricsPort: number, env: NodeJS.ProcessEnv): ChildPlan {
  const args = ["worker", "--supervised", "--json", "--metrics", `127.0.0.1:${metricsPort}`];
  return { ...tocsin("worker", args, env), graceMs: WORKER_GRACE_MS };
}

export function servePlan(port: number, env: NodeJS.ProcessEnv): ChildPlan {
  const args = ["serve", "--supervised", "--json", "--listen", `127.0.0.1:${port}`];
  return { ...tocsin("serve", args, env), serves: () => listens(port) };
}

export function demoPlan(ports: DemoPorts, env: NodeJS.ProcessEnv): ChildPlan {
  const numbers = [
    ...["--controller-port", String(ports.controller)],
    ...["--dispatcher-port", String(ports.dispatcher)],
    ...["--sink-port", String(ports.sink)],
  ];
  return {
    ...tocsin("demo", ["demo", "--supervised", ...numbers], env),
    serves: () => listens(ports.controller),
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
