/** What the SDK logs, as one line that a person can read: who it happened to, how often, and why. */

import { errorCode, errorText } from "../lib/error-code.js";
import { oneLine, truncateBytes } from "../lib/text.js";

export interface SdkLine {
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

type Meta = Readonly<Record<string, unknown>>;

/** What only another program could use, and what stands in the sentence already. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  "activityId",
  "activityRunId",
  "durationMs",
  "error",
  "isLocal",
  "namespace",
  "sdkComponent",
  "taskQueue",
  "taskToken",
  "workflowType",
]);
const MAX_REASON_BYTES = 300;

export function sdkLine(message: string, meta: Meta = {}): SdkLine {
  const { activityType, attempt, workflowId, error } = meta;
  if (message === "Activity failed" && typeof activityType === "string") {
    const of = typeof workflowId === "string" ? ` of ${workflowId}` : "";
    const tries = typeof attempt === "number" && attempt > 1 ? `, attempt ${attempt}` : "";
    return { text: `activity ${activityType}${of} failed${tries}: ${reasonOf(error)}`, fields: {} };
  }
  const why = error === undefined ? "" : `: ${reasonOf(error)}`;
  if (meta.sdkComponent === "workflow" && typeof workflowId === "string") {
    const { workflowId: _id, runId: _run, ...said } = meta;
    return { text: `${workflowId}: ${message}${why}`, fields: withoutLeftOut(said) };
  }
  return { text: `temporal: ${message}${why}`, fields: withoutLeftOut(meta) };
}

function withoutLeftOut(meta: Meta): Meta {
  return Object.fromEntries(Object.entries(meta).filter(([key]) => !LEFT_OUT.has(key)));
}

function reasonOf(error: unknown): string {
  const code = errorCode(error);
  const text = truncateBytes(oneLine(errorText(error)), MAX_REASON_BYTES);
  return code === undefined || text.includes(code) ? text : `${code} ${text}`;
}
