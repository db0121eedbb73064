/** What one probe saw, and what each rule says of it, for a person. Pure. */

import type { RuleVerdict } from "../domain/evaluate.js";
import type { CheckPlan } from "../domain/plan.js";
import type { FieldValue, Phases, Reading } from "../domain/reading.js";
import { showValue } from "../domain/template.js";
import { printDuration } from "../lib/duration.js";
import { oneLine, visible, wrap } from "../lib/text.js";
import { spokenDuration } from "../lib/spoken.js";
import type { Palette } from "./output/colors.js";
import { severityPaint, statePaint } from "./output/colors.js";
import type { Column } from "./output/table.js";

const LABEL_WIDTH = 10;
const MAX_READINGS = 20;
const MAX_EVIDENCE_LINES = 12;
const MAX_VALUE_LENGTH = 60;

const PHASES: readonly (readonly [keyof Phases, string])[] = [
  ["dns", "dns"],
  ["connect", "connect"],
  ["tls", "tls"],
  ["firstByte", "first byte"],
  ["total", "total"],
];

export function checkedLines(
  id: string,
  { type, target }: CheckPlan,
  { readings }: { readonly readings: readonly Reading[] },
  width: number,
  colors: Palette,
): readonly string[] {
  const shown = readings.slice(0, MAX_READINGS);
  const hidden = readings.length - shown.length;
  return [
    `${colors.bold(id)}  ${type}  ${oneLine(target)}`,
    ...shown.flatMap((reading) => readingLines(reading, width, colors)),
    ...(hidden > 0 ? [`and ${hidden} more readings`] : []),
  ];
}

export function verdictColumns(check: CheckPlan, colors: Palette): readonly Column<RuleVerdict>[] {
  const ruleOf = ({ rule }: RuleVerdict) => check.rules.find(({ name }) => name === rule);
  return [
    {
      title: "RULE",
      text: ({ rule, subject }) => (subject === undefined ? rule : `${rule}/${decode(subject)}`),
    },
    { title: "VERDICT", text: ({ verdict }) => verdict, paint: ({ verdict }) => statePaint(verdict, colors) },
    {
      title: "SEVERITY",
      text: (row) => ruleOf(row)?.severity ?? "",
      paint: (row) => severityPaint(ruleOf(row)?.severity, colors),
    },
    {
      title: "FIRES",
      text: (row) => {
        const rule = ruleOf(row);
        return rule === undefined
          ? ""
          : rule.hold === undefined
            ? `after ${printDuration(rule.forMs)}`
            : "at once";
      },
    },
    { title: "BECAUSE", text: ({ reason }) => reason, flexible: true },
  ];
}

function readingLines(reading: Reading, width: number, colors: Palette): readonly string[] {
  const { outcome, reason, subject, phases, parts = {}, fields, evidence } = reading;
  const said = reason === undefined ? "" : `: ${oneLine(reason)}`;
  const partText = Object.entries(parts)
    .map(([name, part]) => `${name} ${part.outcome}${part.detail === undefined ? "" : ` (${part.detail})`}`)
    .join(", ");
  return [
    ...(subject === undefined ? [] : labelled("subject", subject, width)),
    ...labelled("outcome", `${outcome}${said}`, width, statePaint(outcome, colors)),
    ...(phases === undefined ? [] : labelled("phases", phaseText(phases), width)),
    ...(partText === "" ? [] : labelled("parts", partText, width)),
    ...labelled("fields", fieldText(fields), width),
    ...(evidence === undefined ? [] : evidenceLines(evidence, width, colors)),
  ];
}

function labelled(
  label: string,
  text: string,
  width: number,
  paint: (text: string) => string = (each) => each,
): readonly string[] {
  return wrap(oneLine(text), width - LABEL_WIDTH).map(
    (part, index) => (index === 0 ? label : "").padEnd(LABEL_WIDTH) + paint(part),
  );
}

function phaseText(phases: Phases): string {
  return PHASES.flatMap(([name, word]) => {
    const ms = phases[name];
    return ms === undefined ? [] : [`${word} ${spokenDuration(ms)}`];
  }).join(", ");
}

function fieldText(fields: Readonly<Record<string, FieldValue>>): string {
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${short(showValue(value))}`);
  return pairs.length === 0 ? "none" : pairs.join("  ");
}

function short(text: string): string {
  const points = Array.from(oneLine(text));
  return points.length <= MAX_VALUE_LENGTH
    ? points.join("")
    : `${points.slice(0, MAX_VALUE_LENGTH - 1).join("")}…`;
}

function evidenceLines(evidence: string, width: number, colors: Palette): readonly string[] {
  const room = width - LABEL_WIDTH;
  const lines = visible(evidence)
    .split("\n")
    .flatMap((line) => folded(line, room));
  const shown = lines.slice(0, MAX_EVIDENCE_LINES);
  if (lines.length > shown.length) shown.push(`${cutTo(shown.pop() ?? "", room - 1)}…`);
  return shown.map((line, index) => (index === 0 ? "evidence" : "").padEnd(LABEL_WIDTH) + colors.dim(line));
}

/** Broken where the window ends, not at spaces: what a target answered is shown as it is. */
function folded(line: string, width: number): readonly string[] {
  const points = Array.from(line);
  const count = Math.max(1, Math.ceil(points.length / width));
  return Array.from({ length: count }, (_, index) =>
    points.slice(index * width, (index + 1) * width).join(""),
  );
}

function cutTo(text: string, length: number): string {
  return Array.from(text).slice(0, length).join("");
}

/** A subject that was cut inside a character stays as it is. */
function decode(subject: string): string {
  try {
    return decodeURIComponent(subject);
  } catch {
    return subject;
  }
}
