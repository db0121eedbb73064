/** The metrics that the Temporal SDK keeps of its workers: it serves them itself, on a loopback port that is passed on from here. */

import type { Page } from "../telemetry/page.js";

const ANSWER_MS = 2_000;

/** Rejects when the SDK does not answer: a scrape that fails is seen, an empty one is not. */
export async function sdkPage(port: number): Promise<Page> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(ANSWER_MS) });
  if (!answer.ok) throw new Error(`the Temporal SDK answers ${answer.status} for its metrics`);
  return { type: "text/plain; version=0.0.4; charset=utf-8", text: await answer.text() };
}
