/** What the doctor asks of the store, and of the process it runs in: whether messages were given up, secrets can be read, files suffice. */

import type { Plan } from "../src/domain/plan.js";
import { errorText } from "../src/lib/error-code.js";
import { openFileLimit } from "../src/lib/file-limit.js";
import type { SecretResolver } from "../src/lib/secret.js";
import type { Store } from "../src/store/store.js";
import type { Examination } from "./doctor.js";
import { fail, pass, warn } from "./doctor.js";

/** `worker`: what it can read is what pages are sent with. `shell`: somebody who looks, with an environment of their own. */
export type Place = "worker" | "shell";

type Findings = Awaited<ReturnType<Examination["examine"]>>;

const MOST_LETTERS = 1_000;
const ENOUGH_FILES = 4_096;

export function storeExaminations(store: Pick<Store, "ping" | "deadLetters">): readonly Examination[] {
  return [
    { name: "store", examine: async () => [pass(`answers in ${Math.round(await store.ping())} ms`)] },
    { name: "deliveries", examine: () => examineDeliveries(store) },
  ];
}

export function processExaminations(
  place: Place,
  currentPlan: () => Promise<Plan | undefined>,
  secrets: SecretResolver,
): readonly Examination[] {
  return place === "worker"
    ? [
        {
          name: "secrets",
          examine: async () => workerSecrets(await readSecrets(await currentPlan(), secrets)),
        },
        { name: "files", examine: () => Promise.resolve(examineFiles()) },
      ]
    : [
        {
          name: "secrets, as seen from this shell",
          examine: async () => shellSecrets(await readSecrets(await currentPlan(), secrets)),
        },
      ];
}

/** Somebody was not told, and no retry will change that. */
async function examineDeliveries(store: Pick<Store, "deadLetters">): Promise<Findings> {
  try {
    const letters = await store.deadLetters({ state: "dead", limit: MOST_LETTERS });
    const [newest] = letters;
    if (newest === undefined) return [pass("no message was given up")];
    const { kind, notifier, at, reason } = newest;
    const many =
      letters.length >= MOST_LETTERS ? `${MOST_LETTERS} messages or more` : `${letters.length} messages`;
    const what = letters.length === 1 ? "1 message was given up" : `${many} were given up, the newest`;
    const told = `${kind} to ${notifier} at ${new Date(at).toISOString()}, ${reason}`;
    return [fail(`${what}: ${told}. tocsin deadletters list`)];
  } catch (error) {
    // That the store is away is another finding, and a failing one.
    return [warn(`not known: ${errorText(error)}`)];
  }
}

interface ReadSecrets {
  readonly count: number;
  /** One sentence for each that cannot be read. */
  readonly problems: readonly string[];
}

async function readSecrets(
  plan: Plan | undefined,
  resolve: SecretResolver,
): Promise<ReadSecrets | undefined> {
  if (plan === undefined) return undefined;
  const references = [...new Set(secretReferences([Object.values(plan.notifiers), plan.systems]))];
  const tried = await Promise.all(
    references.map(async (reference) => {
      try {
        await resolve(reference);
        return [];
      } catch (error) {
        return [errorText(error)];
      }
    }),
  );
  return { count: references.length, problems: tried.flat() };
}

function workerSecrets(read: ReadSecrets | undefined): Findings {
  if (read === undefined) return [];
  return read.problems.length === 0 ? [pass(`${read.count} can be read`)] : read.problems.map(fail);
}

/** A shell may have a secret that the worker lacks, or lack one that it has: neither is good news nor bad. */
function shellSecrets(read: ReadSecrets | undefined): Findings {
  if (read === undefined) return [];
  if (read.problems.length > 0) return read.problems.map((each) => warn(`${each}; the worker may have it`));
  return [warn(`${read.count} can be read here; whether the worker can is not known until one answers`)];
}

/** Every text in plain data that is a reference to a secret. */
function secretReferences(data: unknown): readonly string[] {
  if (typeof data === "string") return /^(env|file):./.test(data) ? [data] : [];
  if (typeof data !== "object" || data === null) return [];
  return Object.values(data).flatMap(secretReferences);
}

function examineFiles(): Findings {
  const limit = openFileLimit();
  if (limit === undefined) return [];
  return limit.soft >= ENOUGH_FILES
    ? [pass(`${limit.soft} open files allowed`)]
    : [warn(`only ${limit.soft} open files allowed: large sweeps need more (ulimit -n)`)];
}
