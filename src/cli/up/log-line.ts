/** Makes a line of a child readable: JSON log lines become words, anything else stays as it is. */

export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly text: string;
}

/** What every line repeats and nobody needs. */
const REPEATED: ReadonlySet<string> = new Set(["level", "time", "role", "msg", "pid", "hostname", "name"]);

/** Reads a line as the children's loggers write it. Lines that are not such JSON (a printed page) are information. */
export function readLogLine(line: string): LogLine {
  const fields = parsed(line);
  if (fields === undefined || typeof fields.msg !== "string") return { level: "info", text: line };
  const extra = Object.entries(fields)
    .filter(([key]) => !REPEATED.has(key))
    .map(([key, value]) => ` ${key}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("");
  return { level: levelOf(fields.level), text: `${fields.msg}${extra}` };
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    // A line that only looks like JSON is shown as it is.
    return undefined;
  }
}

/** Numbers as pino writes them. */
function levelOf(level: unknown): LogLine["level"] {
  if (typeof level !== "number" || level < 30) return typeof level === "number" ? "debug" : "info";
  if (level < 40) return "info";
  return level < 50 ? "warn" : "error";
}
