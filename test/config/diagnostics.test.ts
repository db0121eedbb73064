import { describe, expect, it } from "@jest/globals";

import {
  MAX_SHOWN,
  problemsAsJson,
  renderProblem,
  renderProblems,
  sortProblems,
} from "../../src/config/diagnostics.js";
import type { Problem } from "../../src/config/problem.js";

function problem(line: number, column: number, more: Partial<Problem> = {}): Problem {
  const place = { line, column, endColumn: column + 3, text: "key: value" };
  return { code: "CFG-013", severity: "error", message: "wrong", file: "a.yaml", place, ...more };
}

describe("a problem that is shown", () => {
  it("has its caret where the text is, with tabs and long lines too", () => {
    const text = `\t\tkey: ${"x".repeat(300)} here ${"y".repeat(300)}`;
    const column = text.indexOf("here") + 1;
    const shown = renderProblem({
      ...problem(1, 1),
      place: { line: 12, column, endColumn: column + 4, text },
    });
    const [, line = "", caret = ""] = shown.split("\n");
    expect(line.slice(caret.indexOf("^"), caret.lastIndexOf("^") + 1)).toBe("here");
    expect(line.length).toBeLessThan(150);
  });

  it("cannot steer a terminal", () => {
    const evil = "\u001b[31mred\u001b[0m\u202e";
    const place = { line: 1, column: 1, endColumn: 2, text: evil };
    // eslint-disable-next-line no-control-regex -- that is what must not be there
    expect(renderProblem(problem(1, 1, { message: evil, hint: evil, place }))).not.toMatch(/[\u001b\u202e]/);
  });

  it("is a line alone when it is about the whole file", () => {
    const { place: _, ...whole } = problem(1, 1);
    expect(renderProblem(whole)).toBe("a.yaml: error: wrong [CFG-013]\n");
    expect(renderProblem({ ...whole, hint: "do this" })).toBe("a.yaml: error: wrong [CFG-013]\n  do this\n");
  });
});

describe("problems", () => {
  it("are sorted by file as included, line and column, each once", () => {
    const all = [
      problem(9, 1, { file: "b.yaml" }),
      problem(2, 5),
      problem(2, 1, { severity: "warning" }),
      problem(2, 1),
      problem(2, 5),
      problem(1, 9),
    ];
    const sorted = sortProblems(all, ["a.yaml", "b.yaml"]);
    expect(
      sorted.map(
        ({ file, place, severity }) => `${file}:${place?.line ?? 0}:${place?.column ?? 0} ${severity}`,
      ),
    ).toEqual(["a.yaml:1:9 error", "a.yaml:2:1 error", "a.yaml:2:5 error", "b.yaml:9:1 error"]);
  });

  it("are counted beyond what anybody reads", () => {
    const many = Array.from({ length: MAX_SHOWN + 7 }, (_, index) => problem(index + 1, 1));
    expect(renderProblems(many)).toMatch(/… and 7 more\n\n57 errors\n$/);
    expect(problemsAsJson(many)).toMatchObject({ more: 7 });
    expect(problemsAsJson(many).problems).toHaveLength(MAX_SHOWN);
  });

  it("as JSON have their place and nothing of the file's text", () => {
    expect(problemsAsJson([problem(3, 4, { hint: "right" })]).problems).toEqual([
      {
        code: "CFG-013",
        severity: "error",
        message: "wrong",
        hint: "right",
        file: "a.yaml",
        line: 3,
        column: 4,
        endColumn: 7,
      },
    ]);
  });

  it("say how many there are of which kind", () => {
    expect(renderProblems([problem(1, 1), problem(2, 1, { severity: "warning" })])).toMatch(
      /\n1 error, 1 warning\n$/,
    );
  });
});
