/** A message as Slack shows it: blocks of mrkdwn in which nothing that came from outside can mention, link or format. */

import type { Message } from "../domain/message.js";
import { utcNear } from "../domain/utc.js";
import type { AlertPart, Row } from "./message-parts.js";
import { endedUnseen, hiddenAlerts, hiddenText, isEnd, messageParts } from "./message-parts.js";

/** A section takes 3000 characters; bytes are never fewer. */
const MAX_SECTION_BYTES = 2_900;
const MAX_URL_LENGTH = 1_000;
/** Shown with everything that is known of them; of the others there is a line each. */
const MAX_WHOLE_ALERTS = 3;
const MAX_ALERTS = 20;
const MAX_LINKS = 5;
/** What came from the target, as it said it: never formatted. */
const VERBATIM: readonly string[] = ["saw", "ack"];

interface SlackText {
  readonly type: "mrkdwn";
  readonly text: string;
  /** Names and addresses in it stay text. */
  readonly verbatim: true;
}

export type SlackBlock =
  | { readonly type: "section"; readonly text: SlackText }
  | { readonly type: "context"; readonly elements: readonly SlackText[] };

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Slack's three control characters: without them nobody is mentioned and nothing is linked. */
function escaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => ESCAPES[character] ?? character);
}

/** Text that keeps its asterisks and underscores; a backtick would end it. */
function code(text: string): string {
  return `\`${escaped(text.replaceAll("`", "'"))}\``;
}

function section(lines: readonly string[]): SlackBlock {
  return { type: "section", text: mrkdwn(fitted(lines)) };
}

function mrkdwn(text: string): SlackText {
  return { type: "mrkdwn", text, verbatim: true };
}

/** As many whole lines as there is room for: a cut one could end inside a link or an escape. */
function fitted(lines: readonly string[]): string {
  let text = "";
  for (const line of lines) {
    const next = text === "" ? line : `${text}\n${line}`;
    if (Buffer.byteLength(next) > MAX_SECTION_BYTES) return text === "" ? "…" : `${text}\n…`;
    text = next;
  }
  return text;
}

function rowLine({ label, text }: Row): string {
  return `*${label}*  ${VERBATIM.includes(label) ? code(text) : escaped(text)}`;
}

function isUrl(text: string): boolean {
  return /^https?:\/\/[^\s<>|]+$/i.test(text) && URL.canParse(text) && text.length <= MAX_URL_LENGTH;
}

function link(url: string, name: string): string {
  return `<${escaped(url)}|${escaped(name.replaceAll("|", "/"))}>`;
}

function alertLines({ alert, rows }: AlertPart): readonly string[] {
  return rows.map((row) =>
    row.label === "runbook" && alert.runbook !== undefined && isUrl(alert.runbook)
      ? `*runbook*  <${escaped(alert.runbook)}>`
      : rowLine(row),
  );
}

function alsoSection(part: AlertPart): SlackBlock {
  return section([`*also: ${escaped(part.summary)}*`, ...alertLines(part)]);
}

function alertLine({ alert, summary }: AlertPart, now: number): string {
  return `• ${escaped(summary)} (${alert.severity}, since ${utcNear(alert.since, now)})`;
}

function emoji(message: Message): string {
  if (isEnd(message)) return endedUnseen(message) === undefined ? ":white_check_mark:" : ":grey_question:";
  if (message.acknowledged !== undefined) return ":eyes:";
  return message.severity === "critical" ? ":rotating_light:" : ":warning:";
}

/** The first line, as it stands in a notification. */
export function slackHeadline(message: Message, mentions = ""): string {
  return `${emoji(message)} ${mentions}*${escaped(messageParts(message).headline)}*`;
}

function linkLine(message: Message): readonly SlackBlock[] {
  const links = Object.entries(message.links)
    .filter(([, url]) => isUrl(url))
    .slice(0, MAX_LINKS)
    .map(([name, url]) => link(url, name.slice(0, 80).toWellFormed()));
  const elements = [
    ...(links.length === 0 ? [] : [mrkdwn(links.join("  ·  "))]),
    mrkdwn(code(message.incident)),
  ];
  return [{ type: "context", elements }];
}

/** Each has a block of its own, so that no note takes the room of what comes next or of the command. */
function closingSections(closing: readonly Row[]): readonly SlackBlock[] {
  const groups: readonly (readonly string[])[] = [["with", "held", "why now", "next"], ["note"], ["ack"]];
  return groups
    .map((labels) => closing.filter(({ label }) => labels.includes(label)).map(rowLine))
    .filter((lines) => lines.length > 0)
    .map(section);
}

/** How an incident stands: what a channel sees without opening anything. */
export function slackBlocks(message: Message, mentions = ""): readonly SlackBlock[] {
  const { alerts, closing } = messageParts(message);
  const shown = alerts.slice(0, MAX_ALERTS);
  const [worst, ...others] = shown;
  const also = others.slice(0, MAX_WHOLE_ALERTS - 1);
  const listed = others.slice(also.length).map((part) => alertLine(part, message.decidedAt));
  const hidden = hiddenAlerts(message, shown.length);
  const rest = [...listed, ...(hidden === 0 ? [] : [hiddenText(hidden)])];
  return [
    section([slackHeadline(message, mentions)]),
    ...(worst === undefined ? [] : [section(alertLines(worst))]),
    ...also.map(alsoSection),
    ...(rest.length === 0 ? [] : [section(rest)]),
    ...closingSections(closing),
    ...linkLine(message),
  ];
}

/** What is new since the message that it answers: a line or a few in its thread. */
export function slackReply(message: Message, mentions = ""): string {
  const rows = messageParts(message).closing.filter(({ label }) =>
    ["why now", "with", "held", "next"].includes(label),
  );
  return fitted([slackHeadline(message, mentions), ...rows.map(rowLine)]);
}
