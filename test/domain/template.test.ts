import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";

import { checkTemplate, renderTemplate, showValue, templateReferences } from "../../src/domain/template.js";

const VALUES = {
  service: "controller",
  check: "ready",
  rule: "not-ready",
  reason: "HTTP 503",
  since: "12:00",
  fields: {
    latency_ms: 80.12345,
    json: { queue: { depth: 3 }, list: [1, 2], one: [1], none: null, up: true },
  },
  labels: { team: "core" },
};

describe("a template", () => {
  it.each([
    ["plain text", "plain text"],
    ["{{ service }} cannot serve: {{reason}}", "controller cannot serve: HTTP 503"],
    ["{{ fields.latency_ms }} ms", "80.123 ms"],
    ["{{ fields.json.queue.depth }} waiting", "3 waiting"],
    ["{{ fields.json.list }}, {{ fields.json.one }}, {{ fields.json }}", "2 items, 1 item, 5 items"],
    ["{{ fields.json.none }} {{ fields.json.up }}", "null true"],
    ["{{ labels.team }}", "core"],
    ["{{ value }} of {{ subject }}", "? of ?"],
    ["{{ fields.nope }} {{ fields.json.nope.x }} {{ labels.nope }}", "? ? ?"],
    ["{{ fields.constructor }} {{ labels.toString }}", "? ?"],
    ["{{ open", "{{ open"],
    ["a { b } }}", "a { b } }}"],
    ["{{\n  service\n}}", "controller"],
  ])("%j becomes %j", (text, expected) => {
    expect(renderTemplate(text, VALUES)).toBe(expected);
  });

  it("puts values in as they are, without looking into them again", () => {
    expect(renderTemplate("{{ reason }}", { ...VALUES, reason: "{{ service }} $& $1" })).toBe(
      "{{ service }} $& $1",
    );
  });

  it("says where its names are", () => {
    const text = "{{ service }}: {{reason}}";
    expect(templateReferences(text).map(({ start, end }) => text.slice(start, end))).toEqual([
      "service",
      "reason",
    ]);
  });

  it("is never changed when it has no braces", () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes("{{")),
        (text) => {
          expect(renderTemplate(text, VALUES)).toBe(text);
          expect(checkTemplate(text, { fields: [], labels: [] })).toEqual([]);
        },
      ),
    );
  });
});

describe("checking a template", () => {
  const scope = { fields: ["latency_ms", "json"], labels: ["team"] };

  it.each([
    ["{{ service }} {{ check }} {{ rule }} {{ subject }} {{ reason }} {{ value }} {{ since }}", []],
    ["{{ fields.latency_ms }} {{ fields.json.a.b }} {{ labels.team }}", []],
    ["{{ reson }}", ["unknown name 3-8"]],
    ["{{ fields.nope }}", ["unknown name 3-14"]],
    ["{{ fields }}", ["unknown name 3-9"]],
    ["{{ fields. }}", ["unknown name 3-10"]],
    ["{{ labels.nope }} {{ labels.team.x }}", ["unknown name 3-14", "unknown name 21-34"]],
    ["{{ service.name }}", ["unknown name 3-15"]],
    ["{{ reason | upper }}", ["unknown name 3-17"]],
    ["{{}} {{ }}", ["empty 0-4", "empty 5-9"]],
    ["{{ service }} {{ rea", ["unclosed 14-16"]],
  ])("%s", (text, problems) => {
    expect(checkTemplate(text, scope).map(({ kind, start, end }) => `${kind} ${start}-${end}`)).toEqual(
      problems,
    );
  });

  it("takes any field where fields are only known later", () => {
    expect(checkTemplate("{{ fields.anything }}", { ...scope, fields: undefined })).toEqual([]);
  });
});

describe("a value shown to a person", () => {
  it.each([
    [1 / 3, "0.333"],
    [1e6, "1000000"],
    ["text", "text"],
    [undefined, "?"],
    [false, "false"],
    [{}, "0 items"],
  ])("%j is %s", (value, shown) => {
    expect(showValue(value)).toBe(shown);
  });
});
