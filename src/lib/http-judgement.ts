/** What an HTTP answer means: whether it is what was expected, and what it says of itself and of the things it depends on. */

import { dependencyMap, isJsonObject, stateOfObject, type PartState } from "./dependency-map.js";
import {
  statusExpected,
  unmetExpectations,
  type HttpExpectations,
  type ObservedAnswer,
} from "./http-expectations.js";
import { readJsonPath } from "./json-path.js";
import { redactUrl } from "./redact.js";
import { oneLine, truncateBytes } from "./text.js";

export interface HttpJudgement {
  readonly outcome: "good" | "degraded" | "bad" | "unknown";
  /** One line; present unless good. */
  readonly reason?: string;
  readonly parts: Readonly<Record<string, PartState>>;
}

export interface Judged {
  readonly expect: HttpExpectations;
  /** Where the map of dependencies is; absent: in the usual places; empty: not read. */
  readonly parts?: readonly string[];
  /** JSON paths that the check needs to find something at. */
  readonly needed: readonly string[];
  /** JSON path of the list or map whose items are subjects of their own. */
  readonly split?: string;
  /** The request carried credentials, so being refused is the monitor's trouble. */
  readonly credentialed: boolean;
}

const REFUSALS: readonly number[] = [401, 403];
const SHOWN_PARTS = 5;
const MAX_LOCATION_BYTES = 120;
const MAX_REASON_BYTES = 500;

/** "database: error (timeout)", for everything that is not well. */
function troubled(parts: Readonly<Record<string, PartState>>): readonly string[] {
  const all = Object.entries(parts)
    .filter(([, { outcome }]) => outcome === "bad" || outcome === "degraded")
    .sort(([, a], [, b]) => Number(b.outcome === "bad") - Number(a.outcome === "bad"))
    .map(([name, { outcome, detail }]) => `${oneLine(name)}: ${detail ?? outcome}`);
  const more = all.length - SHOWN_PARTS;
  return more > 0 ? [...all.slice(0, SHOWN_PARTS), `${more} more`] : all;
}

/** What the answer says of itself as a whole, when it is not well. */
function selfReport({ json }: ObservedAnswer): PartState | undefined {
  const state = isJsonObject(json) ? stateOfObject(json) : undefined;
  return state?.outcome === "bad" || state?.outcome === "degraded" ? state : undefined;
}

function redirection({ status, headers }: ObservedAnswer): string {
  const { location } = headers;
  if (status < 300 || status > 399 || location === undefined) return "";
  const shown = URL.canParse(location) ? redactUrl(location) : location.replace(/\?.*/s, "?…");
  return ` (redirects to ${truncateBytes(oneLine(shown), MAX_LOCATION_BYTES)})`;
}

function missing({ json }: ObservedAnswer, { needed, split }: Judged): readonly string[] {
  if (needed.length === 0 && split === undefined) return [];
  if (json === undefined) return ["not JSON"];
  const items = split === undefined ? {} : readJsonPath(json, split);
  return [
    ...needed.filter((path) => readJsonPath(json, path) === undefined).map((path) => `nothing at ${path}`),
    ...(typeof items === "object" && items !== null ? [] : [`no list or map at ${split ?? ""}`]),
  ];
}

function sentence(parts: readonly string[]): string {
  return truncateBytes(parts.join("; "), MAX_REASON_BYTES);
}

/** The outcome and all that is wrong in one line: unmet expectations first, then the parts in trouble. */
export function judgeAnswer(answer: ObservedAnswer, judged: Judged): HttpJudgement {
  const { expect, credentialed } = judged;
  const parts = answer.json === undefined ? {} : dependencyMap(answer.json, judged.parts);
  const answered = `answered ${answer.status}${redirection(answer)}`;
  if (credentialed && REFUSALS.includes(answer.status) && !statusExpected(expect, answer.status)) {
    return { outcome: "unknown", reason: `${answered}: the configured credentials were refused`, parts };
  }
  const self = selfReport(answer);
  const ill = troubled(parts);
  const said = ill.length > 0 ? ill : self?.detail === undefined ? [] : [self.detail];
  const unmet = unmetExpectations(expect, answer);
  if (unmet.length > 0) {
    const lead = statusExpected(expect, answer.status) ? [answered] : [];
    const [first = "", ...rest] = unmet;
    const failures = lead.length > 0 ? unmet : [first + redirection(answer), ...rest];
    return { outcome: "bad", reason: sentence([...lead, ...failures, ...said]), parts };
  }
  const absent = missing(answer, judged);
  if (absent.length > 0) return { outcome: "unknown", reason: sentence([answered, ...absent]), parts };
  return said.length > 0
    ? { outcome: "degraded", reason: sentence([answered, ...said]), parts }
    : { outcome: "good", parts };
}
