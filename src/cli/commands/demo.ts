/** `tocsin demo`: two services to watch, to break and to mend, and a receiver that shows the pages. */

import { readFile } from "node:fs/promises";

import { Argument, InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";

import { announcement } from "../../demo/announcement.js";
import { breakService, mendServices, servicesNamed, waitUntilApplied } from "../../demo/control.js";
import { DEMO_SERVICES, defaultStateFile, FAULTS } from "../../demo/fault.js";
import type { DemoService, Fault, Faults } from "../../demo/fault.js";
import { startDemo } from "../../demo/main.js";
import { TocsinError } from "../../errors.js";
import { errorText } from "../../lib/error-code.js";
import { createSecretResolver } from "../../lib/secret-resolver.js";
import { webhookKey } from "../../lib/standard-webhooks.js";
import { onStop } from "../stopping.js";

/** How long `break` and `mend` wait for the running demo to follow, milliseconds. */
const FOLLOW_MS = 3_000;

interface StateOptions {
  readonly state?: string;
}

interface RunOptions extends StateOptions {
  readonly controllerPort: number;
  readonly dispatcherPort: number;
  readonly sinkPort: number;
  readonly secret?: string;
  readonly supervised?: true;
}

type Say = (line: string) => void;

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new InvalidArgumentError("Expected a port, or 0 for a free one.");
  }
  return port;
}

function portOption(flag: string, what: string, usual: number): Option {
  return new Option(`${flag} <port>`, `${what}, 0 for a free one`).default(usual).argParser(portNumber);
}

/** Shown with `demo` and its subcommands alike; commander gives a value to either of them, whichever stands first. */
function stateOption(): Option {
  return new Option(
    "--state <file>",
    "where it is kept what is broken (default: demo/state.json in TOCSIN_DIR, else in .tocsin)",
  );
}

function stateFile(...given: readonly StateOptions[]): string {
  return (
    given.map(({ state }) => state).find((state) => state !== undefined) ?? defaultStateFile(process.env)
  );
}

async function signingKeys(ref: string | undefined): Promise<readonly Buffer[]> {
  if (ref === undefined) return [];
  const resolve = createSecretResolver(process.env, (path) => readFile(path, "utf8"));
  const secret = await resolve(ref);
  try {
    return [webhookKey(secret.reveal())];
  } catch (error) {
    throw new TocsinError("NTF-001", `--secret ${ref}: ${errorText(error)}`);
  }
}

async function run({ secret, supervised, ...options }: RunOptions, say: Say): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    onStop(supervised === true, resolve);
  });
  const keys = await signingKeys(secret);
  const demo = await startDemo({ ...options, keys, stateFile: stateFile(options), note: say });
  // `up` says itself where everything is.
  if (supervised !== true) say(announcement(demo));
  await stopped;
  await demo.close();
}

async function outcome(state: string, wanted: Faults, done: string): Promise<string> {
  const followed = await waitUntilApplied(state, wanted, FOLLOW_MS);
  switch (followed) {
    case "done":
      return done;
    case "late":
      return `Written down, but the running demo has not followed within ${FOLLOW_MS / 1000} s: look at its output.`;
    case "absent":
      return "Written down. No demo runs on this state; it will be so when `tocsin demo` starts.";
  }
}

function breakOne(state: string, service: DemoService, how: Fault): Promise<string> {
  return outcome(state, breakService(state, service, how), `${service} ${FAULTS[how]}.`);
}

function mend(state: string, word: string): Promise<string> {
  const services = servicesNamed(word) ?? [];
  const done = `${services.join(" and ")} ${services.length > 1 ? "work" : "works"}.`;
  return outcome(state, mendServices(state, services), done);
}

/** Adds `demo`, `demo break` and `demo mend`. What they say goes where the program's own output is configured to go. */
export function registerDemo(program: Command): void {
  const say: Say = (line) => program.configureOutput().writeOut?.(`${line}\n`);
  const demo = program
    .command("demo")
    .description("run two services to watch, and a receiver that shows the pages")
    .addOption(portOption("--controller-port", "the Controller's port", 8000))
    .addOption(portOption("--dispatcher-port", "the Dispatcher's port", 8080))
    .addOption(portOption("--sink-port", "the port where pages arrive", 9099))
    .option("--secret <ref>", "take only deliveries signed with this secret (env:NAME or file:PATH)")
    .addOption(stateOption())
    .addOption(new Option("--supervised", "end when standard input closes").hideHelp())
    .action((options: RunOptions) => run(options, say));
  demo
    .command("break")
    .description("make a service fail, now and after every restart of the demo")
    .addArgument(new Argument("<service>", "which one").choices(DEMO_SERVICES))
    .addOption(new Option("--how <fault>", "in which way").choices(Object.keys(FAULTS)).default("503"))
    .addOption(stateOption())
    .action(async (service: DemoService, options: StateOptions & { readonly how: Fault }) => {
      say(await breakOne(stateFile(options, demo.opts()), service, options.how));
    });
  demo
    .command("mend")
    .description("make a service, or all, work again")
    .addArgument(new Argument("<service>", "which one").choices([...DEMO_SERVICES, "all"]))
    .addOption(stateOption())
    .action(async (word: string, options: StateOptions) => {
      say(await mend(stateFile(options, demo.opts()), word));
    });
}
