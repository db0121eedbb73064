/** The dialect of CEL that Tocsin speaks: every number a double, `matches` in linear time, sizes limited. */

import { Environment } from "@marcbachmann/cel-js";

import { AGE_AT, SAFE_MATCHES } from "./expression-numbers.js";
import { compileSafeRegex, type SafeRegex } from "./safe-regex.js";

/** `any`: only known when a reading is there. `map`: text to anything. `time`: epoch milliseconds on the way in. */
export type VariableType = "number" | "string" | "boolean" | "any" | "map" | "time";

const CEL_TYPES: Readonly<Record<VariableType, string>> = {
  number: "double",
  string: "string",
  boolean: "bool",
  any: "dyn",
  map: "map<string, dyn>",
  time: "google.protobuf.Timestamp",
};

/** Nothing here waits, so that no evaluation ever gives a promise. */
const SYNC = { async: false } as const;

/** Far more than a person writes, far less than what would slow a sweep. */
const LIMITS = {
  maxAstNodes: 500,
  maxDepth: 50,
  maxListElements: 200,
  maxMapEntries: 50,
  maxCallArguments: 8,
} as const;

/** Names that CEL itself has given a meaning or keeps. */
const TAKEN: ReadonlySet<string> = new Set(
  (
    "string bool int uint double map list bytes null_type type dyn google cel true false null in " +
    "as break const continue else for function if import let loop package namespace return var void while __proto__ prototype"
  ).split(" "),
);

/** Whether a field may be called so: a CEL identifier that means nothing else. */
export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !TAKEN.has(name);
}

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
};

function registerNumbers(environment: Environment): void {
  // What `size()` and its like give is an int to the type checker.
  environment.registerOperator("int == double", (a: unknown, b: unknown) => Number(a) === Number(b));
  environment.registerOperator("double % double: double", (a: number, b: number) => a % b);
  for (const [sign, apply] of Object.entries(ARITHMETIC)) {
    const handler = (a: unknown, b: unknown): number => apply(Number(a), Number(b));
    environment.registerOperator(`int ${sign} double: double`, handler);
    environment.registerOperator(`double ${sign} int: double`, handler);
  }
}

function registerTexts(environment: Environment): void {
  const whole = (value: number): number => Math.max(0, Math.trunc(value));
  environment.registerFunction(
    "string.substring(double): string",
    (text: string, from: number) => text.slice(whole(from)),
    SYNC,
  );
  environment.registerFunction(
    "string.substring(double, double): string",
    (text: string, from: number, to: number) => text.slice(whole(from), whole(to)),
    SYNC,
  );
  environment.registerFunction(
    "timestamp(double): google.protobuf.Timestamp",
    (seconds: number) => new Date(seconds * 1_000),
    SYNC,
  );
}

/** Patterns come from configuration and from nowhere else, so the cache stays as small as it. */
function registerMatches(environment: Environment): void {
  const compiled = new Map<string, SafeRegex>();
  const matches = (text: string, pattern: string): boolean => {
    let regex = compiled.get(pattern);
    if (regex === undefined) {
      const result = compileSafeRegex(pattern);
      if (!result.ok) throw new Error(`bad pattern: ${result.reason}`);
      regex = result.regex;
      if (compiled.size < 1_000) compiled.set(pattern, regex);
    }
    return regex.test(text);
  };
  environment.registerFunction(`string.${SAFE_MATCHES}(string): bool`, matches, SYNC);
  environment.registerFunction("matches(string, string): bool", matches, SYNC);
}

/** Epoch numbers above this are milliseconds: as seconds they would lie after the year 5000. */
const LARGEST_EPOCH_SECONDS = 1e11;

/** Seconds since an RFC 3339 text or an epoch number. */
function registerAge(environment: Environment): void {
  const age = (value: unknown, now: Date): number => {
    if (value instanceof Date) return (now.getTime() - value.getTime()) / 1_000;
    const number = Number(typeof value === "string" ? Date.parse(value) : value);
    if (!Number.isFinite(number)) throw new Error(`not a time: ${String(value)}`);
    const isMilliseconds = typeof value === "string" || number > LARGEST_EPOCH_SECONDS;
    return now.getTime() / 1_000 - (isMilliseconds ? number / 1_000 : number);
  };
  environment.registerFunction(`${AGE_AT}(dyn, google.protobuf.Timestamp): double`, age, SYNC);
}

function createBase(): Environment {
  const environment = new Environment({ limits: LIMITS });
  registerNumbers(environment);
  registerTexts(environment);
  registerMatches(environment);
  registerAge(environment);
  return environment;
}

const base = createBase();

/**
 * A fresh environment with these variables. `open`: every other name may be there when a reading is, so that it is looked for then.
 * Throws `RangeError` on a name that {@link isVariableName} refuses: a mistake of a check type, not of a person's file.
 */
export function createEnvironment(
  variables: Readonly<Record<string, VariableType>>,
  open: boolean,
): Environment {
  const environment = base.clone({ unlistedVariablesAreDyn: open });
  for (const [name, type] of Object.entries(variables)) {
    if (!isVariableName(name)) throw new RangeError(`not a name for an expression's variable: ${name}`);
    environment.registerVariable(name, CEL_TYPES[type]);
  }
  return environment;
}
