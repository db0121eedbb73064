/** A namespace in which Tocsin's search attributes cannot be registered: all room for keywords is taken. Everything but filters works. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";

import { searchAttributes } from "../../workflows/search-attributes.js";
import { runScript, startInstallation, type Installation } from "../support/installation.js";
import { kindOf } from "../support/pages.js";
import { startReceiver, type Receiver } from "../support/receiver.js";
import { startSwitchTarget, type SwitchTarget } from "../support/switch-target.js";
import { startTemporalServer, type TestTemporalServer } from "../support/temporal-server.js";
import { watching } from "../support/watched.js";

const SECOND = 1_000;
/** As many keywords as a namespace of the dev server takes. */
const TAKEN = Object.fromEntries(
  Array.from({ length: 10 }, (_, index) => [`Taken${index}`, "Keyword"] as const),
);

const NAMES = Object.values(searchAttributes).map(({ name }) => name);

interface Finding {
  readonly name: string;
  readonly status: string;
  readonly message: string;
}

describe("without room for search attributes", () => {
  let server: TestTemporalServer;
  let hook: Receiver;
  let target: SwitchTarget;
  let installation: Installation;

  beforeAll(async () => {
    server = await startTemporalServer({ searchAttributes: TAKEN });
    hook = await startReceiver();
    target = await startSwitchTarget();
    installation = await startInstallation({
      config: watching([{ service: "api", url: target.url }], hook),
      env: { TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: server.namespace },
    });
  }, 180_000);

  afterAll(async () => {
    await installation.close();
    await target.close();
    await hook.close();
    await server.stop();
  }, 60_000);

  async function doctor(): Promise<readonly Finding[]> {
    const { code, stdout } = await installation.tocsin("doctor", "--json");
    expect(code).toBe(0);
    return (JSON.parse(stdout) as { readonly data: { readonly findings: readonly Finding[] } }).data.findings;
  }

  it("a page and its end are told", async () => {
    await target.refuse();
    await hook.waitFor((delivery) => kindOf(delivery) === "firing", 60 * SECOND);
    await target.answer(200);
    await hook.waitFor((delivery) => kindOf(delivery) === "resolved", 60 * SECOND);
    expect(hook.told().map(kindOf)).toEqual(["firing", "resolved"]);
  }, 150_000);

  it("the worker's log says that filters will not work", () => {
    expect(installation.log()).toContain(
      "search attributes are not available, the Temporal UI's filters will not work",
    );
  });

  it("the doctor warns, and finds nothing else", async () => {
    const findings = await doctor();
    const troubled = findings.filter(({ status }) => status !== "pass");
    expect(troubled.map(({ name, status }) => `${status} ${name}`)).toEqual(["warn search attributes"]);
    expect(troubled[0]?.message).toContain(`not registered: ${NAMES.join(", ")}`);
    expect(findings).toContainEqual({
      name: "clock",
      status: "pass",
      message: expect.stringMatching(/^\d+ ms (ahead of|behind) the server's, give or take \d+ ms$/),
    });
  }, 60_000);

  it("the commands that the doctor names register all of them once there is room", async () => {
    const [warning] = (await doctor()).filter(({ name }) => name === "search attributes");
    const commands = warning?.message.match(/temporal operator search-attribute create [^;]+/g) ?? [];
    const taken = Object.keys(TAKEN).flatMap((name) => ["--name", name]);
    const remove = ["operator", "search-attribute", "remove", "--yes", ...taken];
    expect(await installation.temporal(...remove)).toMatchObject({ code: 0 });
    for (const command of commands) {
      expect(await runScript("temporal", command.split(" ").slice(1))).toMatchObject({ code: 0 });
    }
    expect(await doctor()).toContainEqual({
      name: "search attributes",
      status: "pass",
      message: "registered",
    });
  }, 60_000);
});
