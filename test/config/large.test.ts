import { describe, expect, it } from "@jest/globals";

import { loadFiles } from "../support/config-folder.js";

const SERVICES = 50;
const CHECKS = 10;

function configurationOf(systems: number): string {
  const check = (path: string, index: number): string =>
    `          check-${index}: { type: http, url: "http://${path}/${index}", every: 30s, alerts: { slow: { when: "status != 200 || latency_ms > 500", for: 2m, severity: warning, action: Look at it. } } }`;
  const service = (system: number, index: number): string =>
    [
      `      service-${index}:`,
      "        checks:",
      ...times(CHECKS, (n) => check(`s${index}.y${system}`, n)),
    ].join("\n");
  const system = (index: number): string =>
    [`  system-${index}:`, "    services:", ...times(SERVICES, (n) => service(index, n))].join("\n");
  return ["tocsin: 1", "notifiers: { out: { type: stdout } }", "systems:", ...times(systems, system)].join(
    "\n",
  );
}

function times(count: number, make: (index: number) => string): readonly string[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** A machine that does much else at the same time. */
const PATIENCE_MS = 60_000;

describe("a large configuration", () => {
  it(
    "of ten thousand checks is validated and planned",
    async () => {
      const result = await loadFiles({ "tocsin.yaml": configurationOf(20) });
      const checks = result.ok
        ? result.plan.systems.flatMap(({ services }) => services.flatMap((service) => service.checks))
        : [];
      expect(checks).toHaveLength(10_000);
    },
    PATIENCE_MS,
  );

  it(
    "that is wrong everywhere is told in order, every mistake of it",
    async () => {
      const result = await loadFiles({ "tocsin.yaml": configurationOf(2).replaceAll("when:", "whne:") });
      const lines = (result.ok ? [] : result.problems).map(({ place }) => place?.line ?? 0);
      expect(lines).toHaveLength(1_000);
      expect(lines).toEqual([...lines].sort((a, b) => a - b));
    },
    PATIENCE_MS,
  );
});
