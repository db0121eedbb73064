import { beforeAll, describe, expect, it } from "@jest/globals";

import { oneRule } from "../support/plans.js";
import { MINUTE } from "../support/tocsin-lines.js";
import { tocsinWorld } from "../support/tocsin-world.js";
import { worldCli, type WorldCli } from "./world-installation.js";

describe("tocsin history", () => {
  let cli: WorldCli;

  beforeAll(async () => {
    const world = await tocsinWorld({ plan: oneRule() });
    await world.advanceTo(MINUTE);
    cli = worldCli(world, oneRule());
  });

  it("says that nothing was stored of a check that there is", async () => {
    const { err, exit } = await cli.tocsin("history", "kohakku/controller/ready", "--since", "5s");
    expect({ err, exit }).toMatchInlineSnapshot(`
     {
       "err": "nothing was stored of kohakku/controller/ready since 00:00:55 UTC
     ",
       "exit": 0,
     }
    `);
  });

  it("refuses a check that the configuration does not have, and says which was meant", async () => {
    const { err, exit } = await cli.tocsin("history", "kohakku/controller/nope");
    expect({ err, exit }).toMatchInlineSnapshot(`
     {
       "err": "error CLI-006: revision 000000000001 has no check 'kohakku/controller/nope'; did you mean kohakku/controller/ready?
     what to do: Compare the name with the configuration; \`--config FILE\` reads one that is not applied yet.
     ",
       "exit": 2,
     }
    `);
    expect((await cli.tocsin("history", "kohakku/controller/redy")).err).toContain(
      "did you mean kohakku/controller/ready?",
    );
  });
});
