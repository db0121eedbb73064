import { join } from "node:path";

import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";

import { loadConfig } from "../../src/config/load.js";
import { STARTER } from "../../src/config/starter.js";
import { planDiff } from "../../src/config/plan-diff.js";
import { shardOf, shardsOf } from "../../src/domain/plan-shards.js";
import type { CheckPlan, Plan } from "../../src/domain/plan.js";
import { packageRoot } from "../../src/lib/package-root.js";
import { loadFiles, loadText, problemsOf, ruleAt } from "../support/config-folder.js";

const SMALL = `
tocsin: 1
notifiers: { out: { type: stdout }, other: { type: stdout } }
systems:
  shop:
    owner: platform
    services:
      web:
        checks:
          ready: { type: http, url: "http://web/ready", alerts: { down: { severity: critical, action: Restart., runbook: "https://x/y" } } }
`;

function checkOf(plan: Plan): CheckPlan {
  const check = plan.systems[0]?.services[0]?.checks[0];
  if (check === undefined) throw new Error("no check");
  return check;
}

describe("a configuration", () => {
  it("that says little has every default filled in", async () => {
    const { plan, warnings } = await loadText(SMALL);
    expect(warnings).toEqual([]);
    expect({ ...plan, revision: "…" }).toMatchSnapshot();
  });

  it("takes from `defaults` what checks and rules do not say", async () => {
    const { plan } = await loadText(
      `${SMALL}\ndefaults: { every: 15s, timeout: 4s, for: 3m, recover_for: 2m, recover_after: 3, min_bad: 4, unknown_for: 9m }`,
    );
    expect(checkOf(plan)).toMatchObject({ everyMs: 15_000, timeoutMs: 4_000 });
    expect(ruleAt(plan, "shop/web/ready/down")).toMatchObject({
      forMs: 180_000,
      recoverForMs: 120_000,
      recoverAfter: 3,
      minBad: 4,
      unknownForMs: 540_000,
    });
  });

  it("makes an event rule fire at once, on one bad reading", async () => {
    const text = SMALL.replace("severity: critical", "hold: 15m, severity: critical");
    const rule = ruleAt((await loadText(`${text}\ndefaults: { for: 3m }`)).plan, "shop/web/ready/down");
    expect(rule).toMatchObject({ forMs: 0, hold: 900_000, minBad: 1 });
    const held = ruleAt((await loadText(text.replace("15m", "until_ack"))).plan, "shop/web/ready/down");
    expect(held.hold).toBe("until_ack");
  });

  it("cuts a timeout that it did not give itself to the interval", async () => {
    const { plan } = await loadText(SMALL.replace("type: http", "type: http, every: 5s"));
    expect(checkOf(plan)).toMatchObject({ everyMs: 5_000, timeoutMs: 5_000 });
  });

  it("gives a rule the labels of its check, its own first", async () => {
    const text = SMALL.replace("type: http", "type: http, labels: { team: core, tier: a }").replace(
      "severity: critical",
      "labels: { tier: b }, severity: critical",
    );
    expect(ruleAt((await loadText(text)).plan, "shop/web/ready/down").labels).toEqual({
      team: "core",
      tier: "b",
    });
  });

  it("leaves out a check that is not enabled, and still validates it", async () => {
    const text = SMALL.replace("type: http", "type: http, enabled: false");
    expect((await loadText(text)).plan.systems[0]?.services[0]?.checks).toEqual([]);
    expect(await problemsOf(text.replace("enabled: false", "enabled: false, nope: 1"))).toHaveLength(1);
  });

  it("without policies tells everybody at once; one called default replaces that", async () => {
    const steps = [{ afterMs: 0, notify: ["other", "out"] }];
    expect((await loadText(SMALL)).plan.policies.default).toMatchObject({ critical: steps, warning: steps });
    const named = `${SMALL}\npolicies: { night: { critical: [{ notify: [out] }] } }`;
    expect((await loadText(named)).plan.policies.default).toMatchObject({ critical: steps });
    const own = `${SMALL}\npolicies: { default: { critical: [{ notify: [out] }, { notify: [other] }, { after: 1m, notify: [out] }] } }`;
    expect((await loadText(own)).plan.policies.default).toMatchObject({
      critical: [
        { afterMs: 0, notify: ["out"] },
        { afterMs: 300_000, notify: ["other"] },
        { afterMs: 60_000, notify: ["out"] },
      ],
      warning: [],
    });
  });

  it("keeps secrets as references, and never expands inside them", async () => {
    const text = `${SMALL}\nretention: { raw: "\${RAW}" }`.replace(
      "other: { type: stdout }",
      () => "other: { type: webhook, url: 'env:URL_X', secret: 'file:/run/${X}/$$' }",
    );
    const { plan } = await loadText(text, { env: { RAW: "24h", X: "y" } });
    expect(plan.notifiers.other?.spec).toMatchObject({ url: "env:URL_X", secret: ["file:/run/${X}/$$"] });
    expect(plan.retention.rawMs).toBe(86_400_000);
  });

  it("takes schedules as every, as cron, or off", async () => {
    const schedules = (text: string): Promise<unknown> =>
      loadText(`${SMALL}\nschedules: ${text}`).then(({ plan }) => plan.schedules);
    expect(await schedules("{}")).toEqual([
      { name: "doctor", everyMs: 300_000 },
      { name: "housekeeping", everyMs: 3_600_000 },
    ]);
    expect(
      await schedules('{ doctor: off, housekeeping: { cron: "0 3 * * *", timezone: Europe/Berlin } }'),
    ).toEqual([{ name: "housekeeping", cron: "0 3 * * *", timezone: "Europe/Berlin" }]);
  });

  it("warns when nothing is watched", async () => {
    expect(await problemsOf("tocsin: 1")).toEqual(["0:0 CFG-029 nothing is watched: there are no checks"]);
  });

  it("follows anchors and merges, and points into them", async () => {
    const text = `
tocsin: 1
systems:
  shop:
    services:
      one: &service
        checks:
          up: &check { type: http, url: "http://one/", every: 15s }
      two: *service
      three:
        checks:
          up:
            <<: *check
            url: http://three/
          down: { <<: [*check], tmeout: 3s }
`;
    expect(await problemsOf(text)).toEqual(["15:33 CFG-011 unknown key `tmeout`"]);
    const { plan } = await loadText(text.replace("tmeout", "timeout"));
    const specs = plan.systems[0]?.services.flatMap(({ name, checks }) =>
      checks.map((check) => `${name}/${check.name} ${check.target} ${check.everyMs} ${check.timeoutMs}`),
    );
    expect(specs).toEqual([
      "one/up http://one/ 15000 10000",
      "three/down http://one/ 15000 3000",
      "three/up http://three/ 15000 10000",
      "two/up http://one/ 15000 10000",
    ]);
  });
});

describe("whatever stands in a file", () => {
  const noise = fc.constantFrom(
    "\n",
    "\t",
    ": ",
    "- ",
    "{",
    "]",
    '"',
    "&a ",
    "*a",
    "<<: ",
    "${",
    "|",
    "? ",
    "!x ",
    "null",
    "---\n",
    "__proto__: 1",
  );
  const damage = fc.record({ at: fc.nat(STARTER.length), cut: fc.nat(6), noise });

  it("is told, with places that exist, and never thrown", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), async (damages) => {
        const text = damages.reduce(
          (whole, { at, cut, noise: bit }) => whole.slice(0, at) + bit + whole.slice(at + cut),
          STARTER,
        );
        const lines = text.split("\n");
        const result = await loadFiles({ "tocsin.yaml": text });
        for (const { place } of result.ok ? result.warnings : result.problems) {
          if (place === undefined) continue;
          expect(place.line).toBeLessThanOrEqual(lines.length);
          expect(place.endColumn).toBeGreaterThan(place.column);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("the files that come along", () => {
  it.each(["example.yaml", "demo.yaml"])("%s is valid, without a warning", async (name) => {
    const result = await loadConfig(join(packageRoot, name), { env: {} });
    expect(result.ok ? result.warnings : result.problems).toEqual([]);
  });

  it("the file that init writes is valid, without a warning", async () => {
    expect((await loadText(STARTER)).warnings).toEqual([]);
  });
});

describe("a revision", () => {
  it("is the same for the same meaning, in whatever order and words", async () => {
    const first = await loadText(SMALL);
    const again = await loadText(`
systems:
  shop:
    services:
      web:
        checks:
          ready:
            alerts: { down: { runbook: "https://x/y", action: "Restart.", for: 60s, min_bad: 2, severity: critical } }
            url: \${URL:-http://web/ready}
            every: 0m30s
            type: http
    owner: "platform" # the same
notifiers: { other: { type: stdout, format: text }, out: { type: stdout } }
tocsin: 1
`);
    expect(again.plan).toEqual(first.plan);
    expect(first.plan.revision).toMatch(/^[0-9a-f]{12}$/);
  });

  it("is another one for another meaning", async () => {
    const revisions = await Promise.all(
      [
        SMALL,
        SMALL.replace("Restart.", "Wait."),
        SMALL.replace('ready"', 'health"'),
        `${SMALL}\nretention: { raw: 47h }`,
      ].map(async (text) => (await loadText(text)).plan.revision),
    );
    expect(new Set(revisions).size).toBe(revisions.length);
  });
});

describe("several files", () => {
  const MAIN = "tocsin: 1\ninclude: [conf.d/*.yaml, extra.yaml]\nnotifiers: { out: { type: stdout } }\n";
  const part = (system: string, service: string, more = ""): string =>
    `systems: { ${system}: { services: { ${service}: { checks: { up: { type: http, url: "http://${service}/" } } } }${more} } }\n`;

  it("become one configuration: systems, services, notifiers and policies from any of them", async () => {
    const result = await loadFiles({
      "tocsin.yaml": MAIN,
      "conf.d/b.yaml": part("shop", "b"),
      "conf.d/a.yaml": part("shop", "a", ", owner: platform"),
      "conf.d/.hidden.yaml": "nonsense: 1",
      "conf.d/notes.txt": "no yaml",
      "extra.yaml": `${part("other", "c")}policies: { night: { critical: [{ notify: [out] }] } }`,
    });
    const plan = result.ok ? result.plan : undefined;
    expect(
      plan?.systems.map(({ name, owner, services }) => [name, owner, services.map((each) => each.name)]),
    ).toEqual([
      ["other", undefined, ["c"]],
      ["shop", "platform", ["a", "b"]],
    ]);
    expect(Object.keys(plan?.policies ?? {})).toEqual(["night", "default"]);
  });

  it("point at the file and line of each mistake", async () => {
    const result = await loadFiles({
      "tocsin.yaml": MAIN,
      "conf.d/a.yaml": part("shop", "a"),
      "extra.yaml": `# a comment\n${part("shop", "b", ", policy: nope")}`,
    });
    expect(
      (result.ok ? [] : result.problems).map(({ file, place }) => `${file}:${place?.line ?? 0}`),
    ).toEqual(["extra.yaml:2"]);
  });
});

describe("services and their monitors", () => {
  const withServices = (sizes: Readonly<Record<string, number>>): string => {
    const services = Object.entries(sizes).map(([name, count]) => {
      const checks = Array.from(
        { length: count },
        (_, index) => `c${index}: { type: http, url: "http://${name}/" }`,
      );
      return `      ${name}: { checks: { ${checks.join(", ")} } }`;
    });
    return `tocsin: 1\nsystems:\n  shop:\n    services:\n${services.join("\n")}\n`;
  };
  const shardsOfServices = (plan: Plan): Readonly<Record<string, number>> =>
    Object.fromEntries(plan.systems[0]?.services.map(({ name, shard }) => [name, shard]) ?? []);

  it("stay together as they were when others come and go", async () => {
    const before = (await loadText(withServices({ a: 300, b: 300, c: 100 }))).plan;
    expect(shardsOfServices(before)).toEqual({ a: 1, b: 2, c: 1 });
    const after = await loadText(withServices({ b: 300, c: 450, d: 200 }), { previousPlan: before });
    expect(shardsOfServices(after.plan)).toEqual({ b: 2, c: 1, d: 2 });
  });

  /** How many checks of each service each monitor has: `a:500+100`. */
  const splitOf = (plan: Plan): readonly string[] =>
    (plan.systems[0]?.services ?? []).map((service) => {
      const counts = [...shardsOf(service)]
        .sort()
        .map((shard) => service.checks.filter((check) => shardOf(service, check) === shard).length);
      return `${service.name}: ${counts.join("+")}`;
    });
  const whoHas = (plan: Plan): ReadonlyMap<string, number> =>
    new Map(
      (plan.systems[0]?.services ?? []).flatMap((service) =>
        service.checks.map((check) => [`${service.name}/${check.name}`, shardOf(service, check)] as const),
      ),
    );

  it("are several for a service that alone is more than one carries", async () => {
    const { plan } = await loadText(withServices({ a: 1_200, b: 300, c: 301 }));
    expect(splitOf(plan)).toEqual(["a: 500+500+200", "b: 300", "c: 301"]);
    expect(shardsOfServices(plan)).toEqual({ a: 1, b: 3, c: 4 });
  });

  it("stay those of every check when their service is split, grows and shrinks", async () => {
    let plan = (await loadText(withServices({ a: 450, b: 200 }))).plan;
    for (const [sizes, expected] of [
      [{ a: 700, b: 200 }, ["a: 500+200", "b: 200"]],
      [{ a: 1_100, b: 250 }, ["a: 500+250+350", "b: 250"]],
      [{ a: 520, b: 250 }, ["a: 500+20", "b: 250"]],
      [{ a: 20 }, ["a: 20"]],
      [{ a: 450 }, ["a: 450"]],
    ] as const) {
      const next = (await loadText(withServices(sizes), { previousPlan: plan })).plan;
      const now = whoHas(next);
      const moved = [...whoHas(plan)].filter(([check, shard]) => (now.get(check) ?? shard) !== shard);
      expect(moved).toEqual([]);
      expect(splitOf(next)).toEqual(expected);
      plan = next;
    }
  });

  it("are no difference that a person is shown", async () => {
    const before = (await loadText(withServices({ a: 450 }))).plan;
    const after = (await loadText(withServices({ a: 600 }), { previousPlan: before })).plan;
    expect(planDiff(before, after).every(({ change }) => change === "added")).toBe(true);
  });
});
