/** A true listener on a real socket and a real store, and what clients send it byte by byte. */

import { once } from "node:events";
import { connect } from "node:net";

import type { Listening, ListeningDependencies } from "../../src/api/listening.js";
import { listen } from "../../src/api/listening.js";
import type { Patience } from "../../src/api/limits.js";
import type { Plan } from "../../src/domain/plan.js";
import type { Scope } from "../../src/domain/token.js";
import { TocsinError } from "../../src/errors.js";
import { systemClock } from "../../src/lib/clock.js";
import { newTokenId, newTokenSecret, tokenHash } from "../../src/lib/token-secret.js";
import type { Store } from "../../src/store/store.js";
import type { Sources } from "../../src/views/sources.js";

export interface TestListener {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  readonly said: readonly string[];
  readonly counts: Listening["counts"];
  close(): Promise<void>;
}

export interface TestListenerOptions extends Partial<ListeningDependencies> {
  readonly store: Store;
  readonly plan?: Plan;
  readonly host?: string;
  readonly patience?: Patience;
}

export async function startListener(options: TestListenerOptions): Promise<TestListener> {
  const { store, plan, host = "127.0.0.1", patience, ...others } = options;
  const said: string[] = [];
  const listening = await listen(
    { host, port: 0 },
    {
      clock: systemClock,
      store,
      sources: storeAlone(store, plan),
      currentPlan: () => Promise.resolve(plan),
      pingTemporal: () => Promise.resolve(),
      log: (line) => void said.push(line),
      ...others,
    },
    patience,
  );
  const port = Number(listening.address.split(":").at(-1));
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    said,
    counts: listening.counts,
    close: () => listening.close(),
  };
}

/** Nothing runs: what is read comes from the store, or not at all. */
function storeAlone(store: Store, plan: Plan | undefined): Sources {
  const stored = plan === undefined ? undefined : { plan, appliedAt: 0, appliedBy: "ada" };
  return {
    operations: () => Promise.reject(new TocsinError("TMP-001", "no Temporal server answers")),
    store: () => Promise.resolve(store),
    plans: () =>
      Promise.resolve({
        plan: () => (plan === undefined ? Promise.reject(new Error("no plan")) : Promise.resolve(plan)),
        current: () => Promise.resolve(stored),
        keep: () => Promise.resolve({ stored: true }),
      }),
  };
}

/** Makes a token as `tocsin token create` does; answers its secret. */
export async function makeToken(
  store: Store,
  scopes: readonly Scope[],
  differing: Partial<Parameters<Store["createToken"]>[0]> = {},
): Promise<string> {
  const secret = newTokenSecret();
  const id = newTokenId();
  await store.createToken({
    id,
    hash: tokenHash(secret),
    name: scopes.join(),
    scopes,
    createdBy: "ada",
    ...differing,
  });
  return secret;
}

export function bearer(secret: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${secret}` };
}

/** Sends bytes as they are; everything that came back until the other side closed, and how long that took. */
export async function raw(
  port: number,
  send: (write: (text: string) => void) => void | Promise<void>,
): Promise<{ readonly answer: string; readonly ms: number }> {
  const began = performance.now();
  const socket = connect({ port, host: "127.0.0.1" });
  let answer = "";
  socket.on("data", (chunk: Buffer) => (answer += chunk.toString()));
  // Being cut off is an answer, too.
  socket.on("error", () => undefined);
  const closed = once(socket, "close");
  await once(socket, "connect");
  await send((text) => void socket.write(text));
  await closed;
  return { answer, ms: performance.now() - began };
}
