import { describe, expect, it } from "@jest/globals";

import { loadText, problemsOf } from "../support/config-folder.js";

const configured = (check: string, defaults = "{}"): string => `tocsin: 1
defaults: ${defaults}
systems: { shop: { services: { backup: { checks: { nightly: ${check} } } } } }
`;

describe("how often a check is swept", () => {
  it("is what `every` says, unless the type means something else by it", async () => {
    const of = async (check: string, defaults?: string) => {
      const { plan } = await loadText(configured(check, defaults));
      return plan.systems[0]?.services[0]?.checks[0];
    };
    expect(await of("{ type: http, url: 'http://a/', every: 1h }")).toMatchObject({ everyMs: 3_600_000 });
    expect(await of("{ type: heartbeat, every: 90d }")).toMatchObject({
      everyMs: 15_000,
      spec: { every: 7_776_000_000 },
    });
    expect(await of("{ type: heartbeat, every: 1h }", "{ every: 6h }")).toMatchObject({ everyMs: 15_000 });
  });

  it("leaves no mistake in a claimed key unsaid", async () => {
    expect(await problemsOf(configured("{ type: heartbeat, every: often }"))).toEqual([
      expect.stringContaining("CFG-013") as unknown,
    ]);
  });
});
