/** `${NAME}` and `${NAME:-default}` in texts, `$$` for a dollar sign. */

import { isSecretName } from "../lib/redact.js";

export type Environment = Readonly<Record<string, string | undefined>>;

interface VariableProblem {
  readonly message: string;
  readonly hint?: string;
  readonly start: number;
  readonly end: number;
  readonly warning?: true;
}

export interface Expanded {
  readonly text: string;
  readonly problems: readonly VariableProblem[];
}

const TOKEN = /\$(?:\$|\{([^}]*)(\}?))/g;
const INSIDE = /^([A-Za-z_][A-Za-z0-9_]*)(?::-([\s\S]*))?$/;

/** References to secrets are resolved where they are used, never here. */
export function isSecretReference(text: string): boolean {
  return text.startsWith("env:") || text.startsWith("file:");
}

/** The text with its variables; one that cannot be expanded stays as it is written and is a problem. */
export function expandVariables(text: string, env: Environment): Expanded {
  if (!text.includes("$") || isSecretReference(text)) return { text, problems: [] };
  const problems: VariableProblem[] = [];
  const expanded = text.replace(
    TOKEN,
    (whole, inside: string | undefined, close: string | undefined, at: number) => {
      if (inside === undefined) return "$";
      const range = { start: at, end: at + whole.length };
      const value = close === "" ? undefined : INSIDE.exec(inside);
      if (value === undefined || value === null) {
        problems.push({ ...range, ...malformed(close === "") });
        return whole;
      }
      const [, name = "", fallback] = value;
      const set = Object.hasOwn(env, name) ? env[name] : undefined;
      if (set !== undefined && isSecretName(name)) problems.push({ ...range, ...secretName(name) });
      // As in a shell, `:-` also stands in for a variable that is set to nothing.
      if (set !== undefined && (set !== "" || fallback === undefined)) return set;
      if (fallback !== undefined) return fallback.replaceAll("$$", () => "$");
      problems.push({ ...range, ...unset(name) });
      return whole;
    },
  );
  return { text: expanded, problems };
}

function malformed(unclosed: boolean): Pick<VariableProblem, "message" | "hint"> {
  return {
    message: unclosed ? "`${` is never closed" : "not a variable's name",
    hint: "write ${NAME}, ${NAME:-default}, or $$ for a dollar sign",
  };
}

function unset(name: string): Pick<VariableProblem, "message" | "hint"> {
  return {
    message: `the environment variable \`${name}\` is not set`,
    hint: `set it, or give a default: \${${name}:-…}`,
  };
}

function secretName(name: string): Pick<VariableProblem, "message" | "hint" | "warning"> {
  return {
    message: `\`${name}\` sounds like a secret, and its value becomes part of the applied configuration`,
    hint: `where a secret is wanted, write env:${name}`,
    warning: true,
  };
}
