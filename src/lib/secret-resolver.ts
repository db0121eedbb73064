/** Resolves references to secrets where they are used: `env:NAME` from the environment, `file:PATH` from a file. */

import { TocsinError } from "../errors.js";
import { errorCode } from "./error-code.js";
import { Secret, type SecretResolver } from "./secret.js";

/** A secret is a password, a key, a connection string: what is larger is some other file. */
const MAX_SECRET_LENGTH = 64 * 1_024;

type ReadFile = (path: string) => Promise<string>;

/**
 * A resolver over this environment and this way to read a file as UTF-8. One line end at the end of a file is not part of the
 * secret. Rejects with `TocsinError`: CFG-031 for a variable that is unset or empty, CFG-032 for a file that cannot be read, is empty
 * or too large, CFG-033 for anything that is no reference. Nothing is kept: a rotated secret is seen at its next use.
 */
export function createSecretResolver(
  env: Readonly<Record<string, string | undefined>>,
  readFile: ReadFile,
): SecretResolver {
  return async (ref) => {
    if (ref.startsWith("env:")) return fromEnvironment(env, ref);
    if (ref.startsWith("file:")) return fromFile(readFile, ref);
    // Whatever stands here may be the secret itself.
    throw new TocsinError("CFG-033", "a secret is not given as env:NAME or file:PATH");
  };
}

function fromEnvironment(env: Readonly<Record<string, string | undefined>>, ref: string): Secret {
  const name = ref.slice("env:".length);
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value === undefined || value === "") {
    throw new TocsinError("CFG-031", `${ref}: the variable is ${value === undefined ? "not set" : "empty"}`);
  }
  return new Secret(value);
}

async function fromFile(readFile: ReadFile, ref: string): Promise<Secret> {
  const path = ref.slice("file:".length);
  const text = await readFile(path).catch((error: unknown) => {
    throw new TocsinError("CFG-032", `${ref}: the file cannot be read (${reasonOf(error)})`);
  });
  const value = text.replace(/\r?\n$/, "");
  if (value === "") throw new TocsinError("CFG-032", `${ref}: the file is empty`);
  if (value.length > MAX_SECRET_LENGTH) {
    throw new TocsinError("CFG-032", `${ref}: the file is larger than a secret can be (64 KiB)`);
  }
  return new Secret(value);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is no folder",
};

function reasonOf(error: unknown): string {
  const code = errorCode(error);
  return code === undefined ? "unknown reason" : (REASONS[code] ?? code);
}
