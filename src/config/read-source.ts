/** Reads a file of the configuration as text, or says why it cannot be one. */

import { readFile, stat } from "node:fs/promises";

import { errorCode, errorText } from "../lib/error-code.js";
import { printSize } from "../lib/size.js";
import type { ConfigCode, Problem } from "./problem.js";

/** The largest file that is read. */
const MAX_FILE_BYTES = 5 * 1_024 * 1_024;

export type ReadResult =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: Problem };

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ELOOP: "it is a circle of links",
};

/** The text without a byte order mark. Never rejects. */
export async function readSource(path: string, file: string): Promise<ReadResult> {
  const refuse = (code: ConfigCode, message: string): ReadResult => ({
    ok: false,
    problem: { code, severity: "error", file, message },
  });
  try {
    const { size, isFile } = await statOf(path);
    if (!isFile) return refuse("CFG-002", "not an ordinary file");
    if (size > MAX_FILE_BYTES) return refuse("CFG-003", `larger than ${printSize(MAX_FILE_BYTES)}`);
    const bytes = await readFile(path);
    const text = decode(bytes);
    if (text === undefined) return refuse("CFG-005", "not UTF-8 text");
    if (text.trim() === "") return refuse("CFG-004", "the file is empty");
    return { ok: true, text };
  } catch (error) {
    const code = errorCode(error);
    return refuse("CFG-001", `cannot be read: ${REASONS[code ?? ""] ?? code ?? errorText(error)}`);
  }
}

async function statOf(path: string): Promise<{ readonly size: number; readonly isFile: boolean }> {
  const found = await stat(path);
  return { size: found.size, isFile: found.isFile() };
}

function decode(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
