/** Secrets that stand in the configuration although no schema says that the field is one. */

import { isSecretReference } from "./variables.js";
import type { ParsedConfig } from "./parsed.js";
import type { Finding, Path } from "./problem.js";
import { checks } from "./walk.js";

/** Names that mean a secret whatever takes them: header names, keys of bodies, parameters of addresses. */
const SECRET_NAME =
  /(?:^|[-_.])(?:password|passwd|passphrase|secret|token|api[-_]?key|private[-_]?key|access[-_]?key|authorization|cookie)$/i;
const USER_INFO = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s:@]*:([^/?#\s@]+)@/di;
/** What an answer is expected to be, and what people are told, is no secret of ours. */
const EXPECTATIONS: ReadonlySet<string> = new Set(["expect", "assert", "alerts"]);

export function reviewSecrets(config: ParsedConfig): readonly Finding[] {
  const pieces = [...config.notifiers, ...checks(config).map(({ check }) => check)];
  return pieces.flatMap(({ path, raw }) => secretsIn(raw, path));
}

function secretsIn(value: unknown, path: Path): readonly Finding[] {
  if (typeof value === "string") return secretText(value, path);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (EXPECTATIONS.has(key)) return [];
    return secretsIn(inner, [...path, Array.isArray(value) ? Number(key) : key]);
  });
}

function secretText(text: string, path: Path): readonly Finding[] {
  if (text === "" || isSecretReference(text)) return [];
  const name = path.findLast((step) => typeof step === "string") ?? "";
  if (typeof name === "string" && SECRET_NAME.test(name))
    return [literal(path, `\`${name}\` holds a secret`)];
  const password = USER_INFO.exec(text)?.indices?.[1];
  if (password !== undefined) return [literal(path, "a password in an address")];
  const parameter = parameters(text).find((each) => SECRET_NAME.test(each));
  return parameter === undefined ? [] : [literal(path, `\`${parameter}\` in the address holds a secret`)];
}

function literal(path: Path, message: string): Finding {
  const hint = "put the whole value behind env:NAME or file:PATH";
  return { code: "CFG-015", path, message, hint, secret: true };
}

/** Names of the parameters of an address that have a value. */
function parameters(text: string): readonly string[] {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return [];
  return [...new URL(text).searchParams].flatMap(([name, value]) => (value === "" ? [] : [name]));
}
