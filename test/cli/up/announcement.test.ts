import { describe, expect, test } from "@jest/globals";

import { announcement, type Calling } from "../../../src/cli/up/announcement.js";
import type { Whereabouts } from "../../../src/cli/up/installation-facts.js";

const where: Whereabouts = {
  temporal: "127.0.0.1:7233",
  namespace: "tocsin",
  ui: "http://127.0.0.1:8233",
  api: "http://127.0.0.1:8470",
  databaseUrl: "postgresql://tocsin:hunter2@127.0.0.1:5432/tocsin",
  dir: "/home/ada/shop/.tocsin",
  demo: { controller: 8000, dispatcher: 8080, sink: 9099 },
};
const applied = { revision: "736dd131af13", checks: 4, appliedAt: 0 };
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
       Temporal     127.0.0.1:7233, namespace tocsin
       State        /home/ada/shop/.tocsin

     Try, in another terminal:

       scripts/tocsin status --address 127.0.0.1:7233 --namespace tocsin
       scripts/tocsin incidents --address 127.0.0.1:7233 --namespace tocsin
       scripts/temporal workflow list --address 127.0.0.1:7233 --namespace tocsin
       scripts/tocsin demo break controller
       curl -s http://127.0.0.1:9099/hook
       scripts/temporal workflow query --workflow-id incident:kohakku/controller --type status --address 127.0.0.1:7233 --namespace tocsin
       scripts/temporal workflow signal --workflow-id incident:kohakku/controller --name acknowledge --address 127.0.0.1:7233 --namespace tocsin
       scripts/tocsin demo mend all

     Ctrl-C stops everything; the next start carries on where this one was.

     "
    `);
  });

  test("for a file of one's own, in a folder of its own, with a Temporal of one's own", () => {
    const own = { ...where, ui: undefined, demo: undefined, dir: "/home/ada/shop/state", temporal: "t:7233" };
    const text = announcement(own, applied, "my.yaml", { ...calling, usual: false });
    expect(text).toMatchInlineSnapshot(`
     "
     Tocsin runs my.yaml (revision 736dd131af13, 4 checks).

       API          http://127.0.0.1:8470/readyz
       Temporal     t:7233, namespace tocsin
       State        /home/ada/shop/state

     Try, in another terminal:

       scripts/tocsin status --dir state --address t:7233 --namespace tocsin
       scripts/tocsin incidents --dir state --address t:7233 --namespace tocsin
       scripts/temporal workflow list --address t:7233 --namespace tocsin

     Ctrl-C stops everything; the next start carries on where this one was.

     "
    `);
  });

  test("never the store's password", () => {
    expect(announcement(where, applied, "demo.yaml", calling)).not.toContain("hunter2");
  });
});
