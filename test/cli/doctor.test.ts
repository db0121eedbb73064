import { beforeEach, describe, expect, it } from "@jest/globals";

import { oneRule } from "../support/plans.js";
import { tocsinWorld } from "../support/tocsin-world.js";
import { worldCli, type WorldCli } from "./world-installation.js";

describe("tocsin doctor", () => {
  let cli: WorldCli;

  beforeEach(async () => {
    cli = worldCli(await tocsinWorld({ plan: oneRule() }), oneRule());
  });

  it("has a worker examine itself: its secrets and its reach are what pages depend on", async () => {
    expect(await cli.tocsin("doctor")).toEqual({ out: "pass  secrets  2 can be read\n", err: "", exit: 0 });
    const { data, meta } = JSON.parse((await cli.tocsin("doctor", "--json")).out) as Record<string, object>;
    expect(data).toMatchObject({ ok: true });
    expect(meta).toMatchObject({ by: "worker" });
  });

  it.each(["workers", "temporal", "namespace"] as const)(
    "examines from here, and says so, without %s",
    async (what) => {
      cli.away[what] = true;
      expect(await cli.tocsin("doctor")).toEqual({
        out: "fail  workers  none polls\n",
        err: "no worker answers: this is what can be seen from this shell\n",
        exit: 1,
      });
      expect(JSON.parse((await cli.tocsin("doctor", "--json")).out)).toMatchObject({ meta: { by: "shell" } });
    },
  );
});
