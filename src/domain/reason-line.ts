/** Reasons as verdicts carry them: one line of bounded length. */

const MAX_LENGTH = 300;

/** White space runs become one space; what is too long ends in an ellipsis, never inside a code point. */
export function oneLineReason(text: string): string {
  const points = Array.from(text.replace(/\s+/g, " ").trim());
  return points.length <= MAX_LENGTH ? points.join("") : `${points.slice(0, MAX_LENGTH - 1).join("")}…`;
}
