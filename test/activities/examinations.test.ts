import { describe, expect, it } from "@jest/globals";

import { examineAll } from "../../activities/doctor.js";
import { processExaminations, storeExaminations } from "../../activities/examinations.js";
import type { IncidentId } from "../../src/domain/ids.js";
import type { Plan } from "../../src/domain/plan.js";
import { TocsinError } from "../../src/errors.js";
import { createSecretResolver } from "../../src/lib/secret-resolver.js";
import type { DeadLetter } from "../../src/store/store.js";
import { plan } from "../support/plans.js";

const LETTER: DeadLetter = {
  key: "kohakku/controller@2026-01-01T00:03:04.781Z/pager/1",
  incident: "kohakku/controller@2026-01-01T00:03:04.781Z" as IncidentId,
  notifier: "pager",
  n: 1,
  kind: "firing",
  at: Date.UTC(2026, 0, 1, 0, 3, 5),
  attempts: 1,
  reason: "HTTP 410: gone",
  state: "dead",
};
const NO_FILE = (): Promise<string> => Promise.reject(new Error("no file here"));

async function lines(examinations: Parameters<typeof examineAll>[0]): Promise<readonly string[]> {
  const { findings } = await examineAll(examinations);
  return findings.map(({ name, status, message }) => `${status} ${name}: ${message}`);
}

function withSecrets(...references: readonly string[]): Plan {
  const spec = { url: "https://hook.example", secret: [...references] };
  return plan([], { notifiers: { hook: { name: "hook", type: "webhook", spec, allowPrivate: false } } });
}

describe("what the doctor asks of the store", () => {
  const store = (letters: readonly DeadLetter[]) => ({
    ping: () => Promise.resolve(1.4),
    deadLetters: () => Promise.resolve(letters),
  });

  it("passes when it answers and nobody was left untold", async () => {
    expect(await lines(storeExaminations(store([])))).toEqual([
      "pass store: answers in 1 ms",
      "pass deliveries: no message was given up",
    ]);
  });

  it("fails for messages that were given up, with the newest and where all are", async () => {
    expect((await lines(storeExaminations(store([LETTER]))))[1]).toBe(
      "fail deliveries: 1 message was given up: firing to pager at 2026-01-01T00:03:05.000Z, HTTP 410: gone. tocsin deadletters list",
    );
    expect((await lines(storeExaminations(store([LETTER, LETTER]))))[1]).toBe(
      "fail deliveries: 2 messages were given up, the newest: firing to pager at 2026-01-01T00:03:05.000Z, HTTP 410: gone. tocsin deadletters list",
    );
  });

  it("does not know what was given up while it is away", async () => {
    const away = (): Promise<never> => Promise.reject(new TocsinError("STO-001", "store: ECONNREFUSED"));
    expect(await lines(storeExaminations({ ping: away, deadLetters: away }))).toEqual([
      "fail store: store: ECONNREFUSED",
      "warn deliveries: not known: store: ECONNREFUSED",
    ]);
  });
});

describe("what the doctor asks of the process it runs in", () => {
  const secretsFrom = async (
    place: "worker" | "shell",
    env: Readonly<Record<string, string>>,
  ): Promise<readonly string[]> => {
    const current = () => Promise.resolve(withSecrets("env:ONE", "env:TWO"));
    const found = await lines(processExaminations(place, current, createSecretResolver(env, NO_FILE)));
    return found.filter((line) => line.includes("secrets"));
  };

  it("passes on a worker that can read every secret, and fails for each that it cannot", async () => {
    expect(await secretsFrom("worker", { ONE: "1", TWO: "2" })).toEqual(["pass secrets: 2 can be read"]);
    expect(await secretsFrom("worker", { ONE: "1" })).toEqual([
      "fail secrets: env:TWO: the variable is not set",
    ]);
  });

  it("never speaks for the worker from a shell, whatever that can read", async () => {
    expect(await secretsFrom("shell", { ONE: "1", TWO: "2" })).toEqual([
      "warn secrets, as seen from this shell: 2 can be read here; whether the worker can is not known until one answers",
    ]);
    expect(await secretsFrom("shell", { ONE: "1" })).toEqual([
      "warn secrets, as seen from this shell: env:TWO: the variable is not set; the worker may have it",
    ]);
  });

  it("has nothing to say of secrets before a configuration has been applied", async () => {
    const none = () => Promise.resolve(undefined);
    const found = await lines(processExaminations("worker", none, createSecretResolver({}, NO_FILE)));
    expect(found.filter((line) => line.includes("secrets"))).toEqual([]);
  });
});
