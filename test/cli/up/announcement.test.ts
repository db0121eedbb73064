import { describe, expect, test } from "@jest/globals";

import { announcement, type Calling } from "../../../src/cli/up/announcement.js";
import type { ServiceId } from "../../../src/domain/ids.js";
import type { Whereabouts } from "../../../src/cli/up/installation-facts.js";

const where: Whereabouts = {
  temporal: "127.0.0.1:7233",
  namespace: "tocsin",
  ui: "http://127.0.0.1:8233",
  api: "http://127.0.0.1:8470",
  workerMetrics: "http://127.0.0.1:8471/metrics",
  databaseUrl: "postgresql://tocsin:hunter2@127.0.0.1:5432/tocsin",
  dir: "/home/ada/shop/.tocsin",
  demo: { controller: 8000, dispatcher: 8080, sink: 9099 },
};
const applied = {
  revision: "736dd131af13",
  checks: 4,
  appliedAt: 0,
  service: "kohakku/controller" as ServiceId,
};
const calling: Calling = {
  tocsin: "scripts/tocsin",
  temporal: "scripts/temporal",
  cwd: "/home/ada/shop",
  usual: true,
};

describe("what up tells once everything runs", () => {
  test("for the demo: what to open, what to break, how to acknowledge", () => {
    expect(announcement(where, applied, "demo.yaml", calling)).toMatchInlineSnapshot(`
     "
     Tocsin runs demo.yaml (revision 736dd131af13, 4 checks).

       Temporal UI  http://127.0.0.1:8233/namespaces/tocsin/workflows
       API          http://127.0.0.1:8470/readyz
       Metrics      http://127.0.0.1:8470/metrics, http://127.0.0.1:8471/metrics
       Temporal     127.0.0.1:7233, namespace tocsin
       State        /home/ada/shop/.tocsin

     Try, in another terminal:

       scripts/tocsin status                  # everything is good
       scripts/tocsin demo break controller   # it answers 503
       scripts/tocsin alerts                  # pending within 5 s, a page 20 s later
       curl -s http://127.0.0.1:9099/hook     # the page, as it arrived
       scripts/tocsin ack                     # you have it
       scripts/tocsin demo mend all           # and everyone hears the end

     Or acknowledge with Temporal's own CLI:

       scripts/temporal workflow signal --name acknowledge \\
         --workflow-id incident:kohakku/controller \\
         --address 127.0.0.1:7233 --namespace tocsin

     Ctrl-C stops everything; the next start carries on where this one was.

     "
    `);
  });

  test("for a file of one's own, in a folder of its own, with a Temporal of one's own", () => {
    const own = { ...where, ui: undefined, demo: undefined, dir: "/home/ada/shop/state", temporal: "t:7233" };
    const service = "shop/api" as ServiceId;
    const text = announcement(own, { ...applied, service }, "my.yaml", { ...calling, usual: false });
    expect(text).toMatchInlineSnapshot(`
     "
     Tocsin runs my.yaml (revision 736dd131af13, 4 checks).

       API          http://127.0.0.1:8470/readyz
       Metrics      http://127.0.0.1:8470/metrics, http://127.0.0.1:8471/metrics
       Temporal     t:7233, namespace tocsin
       State        /home/ada/shop/state

     Try, in another terminal:

       scripts/tocsin status --dir state      # does it see, what fires, who has it
       scripts/tocsin incidents --dir state   # what fires or has fired
       scripts/tocsin ack --dir state         # when a page has come: you have it

     Or acknowledge with Temporal's own CLI:

       scripts/temporal workflow signal --name acknowledge \\
         --workflow-id incident:shop/api \\
         --address t:7233 --namespace tocsin

     Ctrl-C stops everything; the next start carries on where this one was.

     "
    `);
  });

  test("in lines that a usual window shows whole", () => {
    for (const usual of [true, false]) {
      const lines = announcement(where, applied, "demo.yaml", { ...calling, usual }).split("\n");
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
    }
  });

  test("with no line to acknowledge where nothing is watched", () => {
    const nothing = { revision: "736dd131af13", checks: 0, appliedAt: 0 };
    const text = announcement({ ...where, demo: undefined }, nothing, "my.yaml", calling);
    expect(text).not.toContain("acknowledge");
    expect(text).toContain("scripts/tocsin status");
  });

  test("never the store's password", () => {
    expect(announcement(where, applied, "demo.yaml", calling)).not.toContain("hunter2");
  });
});
