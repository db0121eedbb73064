import { describe, expect, it } from "@jest/globals";

import {
  createExpressionCompiler,
  createReadingEvaluator,
  type Expression,
  type ExpressionScope,
  isVariableName,
  MAX_EXPRESSION_LENGTH,
} from "../../src/lib/expression.js";

const SCOPE: ExpressionScope = {
  variables: {
    outcome: "string",
    subject: "string",
    now: "time",
    parts: "map",
    status: "number",
    latency_ms: "number",
    text: "string",
    tls: "boolean",
    headers: "map",
    json: "any",
  },
  oneOf: { outcome: ["good", "degraded", "bad", "unknown"] },
};

const compiler = createExpressionCompiler(SCOPE);
const readings = createReadingEvaluator();

function compiled(source: string): Expression {
  const result = compiler.compile(source);
  if (!result.ok) throw new Error(`${source}: ${result.problems.map((p) => p.message).join("; ")}`);
  return result.expression;
}

/** The problem as a person sees it: the source, a caret under it, what is wrong. */
function drawn(source: string): string {
  const result = compiler.compile(source);
  if (result.ok) return "no problem";
  return result.problems
    .map(({ start, end, message, hint, kind }) => {
      const caret = " ".repeat(start) + "^".repeat(Math.max(1, end - start));
      return `${source}\n${caret} ${kind}: ${message}${hint === undefined ? "" : ` (${hint})`}`;
    })
    .join("\n");
}

const NOW = Date.parse("2026-03-01T12:00:00Z");
const READING = {
  outcome: "bad",
  now: NOW,
  status: 200,
  latency_ms: 80.5,
  text: "OK: 12 workers",
  tls: true,
  headers: { server: "nginx" },
  parts: { db: { outcome: "bad", detail: "refused" }, cache: { outcome: "good" } },
  json: { a: { b: 3 }, list: [1, 2, 3], name: "x", none: null, at: "2026-03-01T11:00:00Z", nan: Number.NaN },
};

describe("an expression", () => {
  it.each([
    ["status == 200", true],
    ["status == 200.0", true],
    ["200 == status", true],
    ["status != 200", false],
    ["status in [200, 204]", true],
    ["status in [200.0, 204]", true],
    ["latency_ms > 80", true],
    ["latency_ms > 80.0", true],
    ["latency_ms >= 80.5", true],
    ["-latency_ms < -80", true],
    ["latency_ms / 2 > 40", true],
    ["1 / 2 == 0.5", true],
    ["status % 2 == 0", true],
    ["json.a.b == 3", true],
    ["json.a.b == 3.0", true],
    ["json.a.b > 2 && json.a.b < 4", true],
    ["json.a['b'] == 3", true],
    ["json.list[0] == 1", true],
    ["size(json.list) == 3", true],
    ["json.list.size() > 2", true],
    ["size(json.list) / 2 == 1.5", true],
    ["size(json.list) * 2.0 == 6", true],
    ["size(text) == size(text)", true],
    ["3 in json.list", true],
    ["json.list.exists(x, x == 3)", true],
    ["json.list.all(x, x > 1)", false],
    ["json.list.map(x, x * 2)[2] == 6", true],
    ["json.list.filter(x, x > 1).size() == 2", true],
    ['text.startsWith("OK")', true],
    ["text.substring(0, 2) == 'OK'", true],
    ["text.substring(size(text) - 7) == 'workers'", true],
    ['text.matches("[0-9]+ workers$")', true],
    ["matches(text, '^OK')", true],
    ['headers.server == "nginx"', true],
    ['parts.db.outcome == "bad"', true],
    ['parts.exists(p, parts[p].outcome == "bad")', true],
    ["has(json.a)", true],
    ["has(json.zzz)", false],
    ["json.name == 3", false],
    ["json.name != 3", true],
    ["json.none == null", true],
    ["tls", true],
    ["!tls", false],
    ["tls ? status == 200 : status == 301", true],
    ['now - timestamp(json.at) > duration("30m")', true],
    ["age(json.at) == 3600", true],
    ["age(1772366400) == 0", true],
    ["int(latency_ms) == 80", true],
    ['string(status) == "200"', true],
  ])("%s is %s, checked against declared fields and at run time alike", (source, value) => {
    expect(compiled(source).evaluate(READING)).toEqual({ value });
    expect(readings.evaluate(source, READING)).toEqual({ value });
  });

  it.each([
    ["status == 200 && json.zzz > 1", "json.zzz is missing"],
    ["json.a.zzz == 3", "json.a.zzz is missing"],
    ["json.zzz.b.c == 3", "json.zzz is missing"],
    ["subject == 'x'", "subject is missing"],
    ["json.name > 3", "json.name > 3: `>` does not work between string and number"],
    ["json.list[9] == 1", "json.list[9]: no such key: index out of bounds, index 9 >= size 3"],
    ["json.nan > 3", "json.nan > 3: not a number"],
    ["json.nan <= 3", "json.nan <= 3: not a number"],
    ["status / (status - 200) > 1", "status / (status - 200): division by zero"],
    ["json.name", "json.name gives string, not true or false"],
    ["json.none", "json.none gives null, not true or false"],
    ["json.list.all(x, x > json.zzz)", "json.zzz is missing"],
    ["age(json.name) > 3", "not a time: x"],
    ["json.name.matches(json.open)", "json.open is missing"],
  ])("%s is unknown: %s", (source, reason) => {
    const truth = compiled(source).evaluate(READING);
    expect(truth).toEqual({ value: "unknown", reason });
    expect(readings.evaluate(source, READING)).toEqual(truth);
  });

  it("says which declared field has another type than promised", () => {
    expect(compiled("latency_ms > 80").evaluate({ latency_ms: null })).toEqual({
      value: "unknown",
      reason: "latency_ms is not a number but null",
    });
  });

  it.each([
    ["outcome == 'bad' || json.zzz > 1", true],
    ["json.zzz > 1 || outcome == 'bad'", true],
    ["outcome == 'good' && json.zzz > 1", false],
    ["json.zzz > 1 && outcome == 'good'", false],
  ])("%s absorbs the missing field and is %s", (source, value) => {
    expect(compiled(source).evaluate(READING)).toEqual({ value });
  });

  it("finds nothing on an object's prototype", () => {
    for (const source of [
      "constructor == 1",
      "json.constructor == 1",
      "toString == 1",
      "json.a.__proto__ == 1",
    ]) {
      expect([source, readings.evaluate(source, READING).value]).toEqual([source, "unknown"]);
    }
  });

  it("matches a pattern that hangs a backtracking engine, in linear time", () => {
    const text = `${"a".repeat(100_000)}!`;
    expect(compiled('text.matches("^(a+)+$")').evaluate({ text })).toEqual({ value: false });
    expect(compiled('matches(text, "(x+x+)+y")').evaluate({ text: "x".repeat(100_000) })).toEqual({
      value: false,
    });
  });

  it("names what it touches, comprehension variables and function names aside", () => {
    const source =
      'outcome == "bad" && json.a.b > 1 && json.list.exists(x, x.y > latency_ms) && headers["server"] == "x"';
    const { names, paths } = compiled(source);
    expect(names).toEqual(["outcome", "json", "latency_ms", "headers"]);
    expect(paths).toEqual(["outcome", "json.a.b", "json.list", "latency_ms", "headers"]);
  });

  it("touches the time when it asks for an age", () => {
    expect(compiled("age(json.at) > 5").names).toEqual(["json", "now"]);
  });

  it("that does not compile is unknown at run time, and touches nothing", () => {
    expect(readings.evaluate("status >", READING)).toEqual({
      value: "unknown",
      reason: "status >: the expression ends too early",
    });
    expect(readings.touches("status >")).toEqual([]);
    expect(readings.touches("status > json.a")).toEqual(["status", "json.a"]);
  });

  it("is compiled once", () => {
    expect(compiler.compile("status == 201")).toBe(compiler.compile("status == 201"));
  });

  it("leaves nothing behind between evaluations", () => {
    const expression = compiled("json.list.exists(x, x == 7)");
    expect(expression.evaluate({ json: { list: [7] } })).toEqual({ value: true });
    expect(expression.evaluate({ json: { list: [8] } })).toEqual({ value: false });
  });
});

describe("a mistake in an expression", () => {
  it.each([
    "latency > 80",
    "latencyms > 80 && statsu == 200",
    "nothing_like_it == 1",
    "status = 200",
    "status == 200 and tls",
    "status == 200 or tls",
    "status & 1",
    "status >",
    "(status > 3",
    "json.list[0",
    "status > > 3",
    "text == 'open",
    "status == 'ok'",
    "status > 'ok'",
    "text > 3",
    "!status",
    "status && tls",
    "status + 1",
    "text",
    "tls ? 1 : 'a'",
    'outcome == "failed"',
    'outcome in ["bad", "ok"]',
    'avg(latency_ms, "10m") > 80',
    "stalled(depth, progress, '3m')",
    "text.matches('(a')",
    "text.matches('(?=a)b')",
    "text.nope()",
    "nope(status)",
    "age(status, 3) > 4",
    "size(status) > 3",
    "",
    "for == 1",
    "status.code == 200",
    "[1, 'a'] == json",
  ])("is shown where it is: %s", (source) => {
    expect(drawn(source)).toMatchSnapshot();
  });

  it.each([
    ["too long", `status == ${"1".repeat(MAX_EXPRESSION_LENGTH)}`],
    ["too many parts", Array.from({ length: 200 }, () => "status == 1").join(" || ")],
    ["too deep", `${"(".repeat(60)}tls${")".repeat(60)}`],
    ["too long a list", `status in [${Array.from({ length: 300 }, (_, i) => i).join(", ")}]`],
  ])("of size is refused: %s", (_, source) => {
    const result = compiler.compile(source);
    expect(result.ok ? "accepted" : result.problems[0].kind).toBe("limit");
  });
});

describe("a variable's name", () => {
  it.each([
    ["latency_ms", true],
    ["_x", true],
    ["X1", true],
    ["1x", false],
    ["a-b", false],
    ["a.b", false],
    ["", false],
    ["map", false],
    ["null_type", false],
    ["in", false],
    ["true", false],
    ["return", false],
  ])("%s is fit for an expression: %s", (name, fit) => {
    expect(isVariableName(name)).toBe(fit);
  });

  it("that is not fit is refused as a mistake of the check type", () => {
    expect(() => createExpressionCompiler({ variables: { map: "any" } })).toThrow(RangeError);
  });
});
