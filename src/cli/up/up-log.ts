/** What `up` shows while it runs: one short line per event of any child, and everything the children say in files of their own. */

import { createWriteStream, renameSync, statSync, type WriteStream } from "node:fs";
import { join } from "node:path";

import { visible } from "../../lib/text.js";
import type { Io } from "../io.js";
import { palette } from "../output/colors.js";
import { readLogLine, type LogLine } from "./log-line.js";

/** Beyond this a file is put aside; one older file is kept. */
const LARGEST_BYTES = 10 * 1024 * 1024;
const QUIET: ReadonlySet<string> = new Set(["temporal", "postgres"]);
const NAME_WIDTH = 8;

/** Servers whose chatter is for their file alone. */
export function isQuiet(name: string): boolean {
  return QUIET.has(name);
}

export class UpLog {
  readonly #io: Io;
  readonly #folder: string;
  readonly #files = new Map<string, LogFile>();

  constructor(io: Io, folder: string) {
    this.#io = io;
    this.#folder = folder;
  }

  /** A line of a child. */
  child(name: string, line: string): void {
    this.#file(name).write(line);
    if (isQuiet(name)) return;
    const read = readLogLine(line);
    if (read.level !== "debug") this.#show(name, read);
  }

  /** A line of `up` itself. */
  note(text: string, level: LogLine["level"] = "info"): void {
    this.#show("up", { level, text });
  }

  close(): void {
    for (const file of this.#files.values()) file.close();
    this.#files.clear();
  }

  #show(name: string, { level, text }: LogLine): void {
    const { dim, bad, warn } = palette(this.#io.colors.err);
    const paint = level === "error" ? bad : level === "warn" ? warn : (plain: string) => plain;
    const at = new Date(this.#io.now()).toISOString().slice(11, 19);
    for (const line of text.split("\n")) {
      this.#io.err(`${dim(`${at} ${name.padEnd(NAME_WIDTH)}`)} ${paint(visible(line))}\n`);
    }
  }

  #file(name: string): LogFile {
    const known = this.#files.get(name);
    if (known !== undefined) return known;
    const file = new LogFile(join(this.#folder, `${name}.log`), (reason) => this.note(reason, "warn"));
    this.#files.set(name, file);
    return file;
  }
}

/** An appended file of bounded size. A disk that takes no more costs lines, never the process. */
class LogFile {
  readonly #path: string;
  readonly #complain: (reason: string) => void;
  #stream: WriteStream | undefined;
  #bytes = 0;
  #complained = false;

  constructor(path: string, complain: (reason: string) => void) {
    this.#path = path;
    this.#complain = complain;
  }

  write(line: string): void {
    if (this.#bytes > LARGEST_BYTES) this.#turn();
    this.#stream ??= this.#open();
    this.#stream.write(`${line}\n`);
    this.#bytes += Buffer.byteLength(line) + 1;
  }

  close(): void {
    this.#stream?.end();
    this.#stream = undefined;
  }

  #open(): WriteStream {
    this.#bytes = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
    const stream = createWriteStream(this.#path, { flags: "a", mode: 0o600 });
    stream.on("error", (error) => {
      this.#stream = undefined;
      if (!this.#complained) this.#complain(`lines are lost: ${error.message}`);
      this.#complained = true;
    });
    return stream;
  }

  #turn(): void {
    this.close();
    this.#bytes = 0;
    try {
      renameSync(this.#path, `${this.#path}.1`);
    } catch (error) {
      this.#complain(`${this.#path} grows on: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
