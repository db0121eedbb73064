import { describe, expect, it } from "@jest/globals";

import { planDiff, planDiffLines } from "../../src/config/plan-diff.js";
import { loadText } from "../support/config-folder.js";

const BEFORE = `
tocsin: 1
notifiers: { out: { type: stdout }, old: { type: stdout } }
policies: { default: { critical: [{ notify: [out] }] } }
systems:
  shop:
    owner: platform
    services:
      web:
        checks:
          ready: { type: http, url: "http://web/ready", alerts: { slow: { when: latency_ms > 5, severity: info }, gone: { severity: info } } }
          live: { type: http, url: "http://web/live" }
      db: { checks: { up: { type: http, url: "http://db/" } } }
  attic: { services: { box: { checks: { up: { type: http, url: "http://box/" } } } } }
`;

const AFTER = `
tocsin: 1
notifiers: { out: { type: stdout, format: json }, new: { type: stdout } }
policies: { default: { critical: [{ notify: [out, new] }], loops: 2 }, night: { critical: [{ notify: [new] }] } }
retention: { raw: 24h }
schedules: { doctor: off }
systems:
  shop:
    owner: payments
    services:
      web:
        checks:
          ready:
            type: http
            url: http://web/health
            every: 1m
            labels: { team: core }
            alerts: { slow: { when: latency_ms > 9, for: 2m, severity: info }, fresh: { severity: info } }
          next: { type: http, url: "http://web/next" }
      cache: { checks: { up: { type: http, url: "http://cache/" } } }
  annex: { services: { box: { checks: { up: { type: http, url: "http://box/", alerts: { a: { severity: info } } } } } } }
`;

async function lines(before: string | undefined, after: string): Promise<readonly string[]> {
  const was = before === undefined ? undefined : (await loadText(before)).plan;
  const is = (await loadText(after)).plan;
  return planDiffLines(planDiff(was, is));
}

describe("what applying a plan would change", () => {
  it("is told in a line for each thing that came, went or became different", async () => {
    expect((await lines(BEFORE, AFTER)).join("\n")).toMatchSnapshot();
  });

  it("is nothing for the same plan", async () => {
    expect(await lines(AFTER, AFTER)).toEqual([]);
  });

  it("is everything at first", async () => {
    expect(await lines(undefined, BEFORE)).toEqual([
      "+ system attic: 1 service, 1 check, 0 alerts",
      "+ system shop: 2 services, 3 checks, 2 alerts",
      "+ notifier out",
      "+ notifier old",
      "+ policy default",
    ]);
  });
});
