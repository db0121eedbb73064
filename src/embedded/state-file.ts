/** Small files of the state folder: replaced as a whole and through to the disk, read back with "not there" and "damaged" told apart. */

import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";

import { errorCode, errorText } from "../lib/error-code.js";
import { fileTrouble } from "./file-trouble.js";

export type StateFile =
  | { readonly state: "absent" }
  | { readonly state: "damaged"; readonly why: string }
  | { readonly state: "read"; readonly value: unknown };

/** Reads a JSON file. */
export function readStateFile(path: string): StateFile {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return { state: "absent" };
    throw fileTrouble(error, path);
  }
  try {
    return { state: "read", value: JSON.parse(text) };
  } catch (error) {
    return { state: "damaged", why: errorText(error) };
  }
}

/** Replaces a file's content; after a crash at any moment either the old or the new text is there. Throws RUN-012 to RUN-014. */
export function writeStateFile(path: string, text: string): void {
  const fresh = `${path}.new`;
  try {
    const file = openSync(fresh, "w", 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(fresh, path);
  } catch (error) {
    throw fileTrouble(error, path);
  }
}
