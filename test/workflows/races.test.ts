import { beforeAll, describe, expect, it } from "@jest/globals";

import type { DeliverInput } from "../../src/domain/deliver-input.js";
import type { IncidentId } from "../../src/domain/ids.js";
import type { HistoryLimits } from "../../workflows/history-budget.js";
import type { Moment } from "../support/harness/execution.js";
import { member, openIncident, playIncident, slice } from "../support/incident-race.js";
import { oneRule } from "../support/plans.js";
import { MINUTE, SECOND } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld } from "../support/tocsin-world.js";
import type { WorkflowHarness } from "../support/workflow-harness.js";

/** Limits that make a run continue as new every few tasks, as a long one does. */
const SHORT: HistoryLimits = { events: 24, bytes: 1_800_000 };

function closingOf(workflow: WorkflowHarness): string | undefined {
  return workflow.closing?.kind;
}

/** Lanes whose last message is not an end. */
function owed(told: readonly DeliverInput[]): readonly string[] {
  const last = new Map<string, string>();
  for (const { incident, notifier, kind } of told) last.set(`${incident}/${notifier}`, kind);
  return [...last].flatMap(([lane, kind]) => (kind === "resolved" ? [] : [lane]));
}

function heardOf(told: readonly DeliverInput[], check: string): readonly IncidentId[] {
  return told
    .filter(({ members }) => members.some(({ alert }) => alert === member(check).alert))
    .map(({ incident }) => incident);
}

const SETTINGS = [
  { name: "one task for each event", oneEventPerTask: true, limits: undefined },
  { name: "a run that continues as new every few tasks", oneEventPerTask: false, limits: SHORT },
  { name: "both", oneEventPerTask: true, limits: SHORT },
];

describe.each(SETTINGS)(
  "a signal that races the end of an incident: $name",
  ({ oneEventPerTask, limits }) => {
    let moments: readonly Moment[] = [];

    beforeAll(async () => {
      const { incident, told } = await playIncident(oneEventPerTask, limits);
      expect(incident.closing?.kind).toBe("completed");
      expect(owed(told)).toEqual([]);
      expect(incident.continuedAsNew > 0).toBe(limits !== undefined);
      moments = [
        ...Array.from({ length: incident.taskAttempts }, (_, index) => ({ duringTask: index + 1 })),
        "duringClosingTask",
        ...(limits === undefined ? [] : (["beforeNextRun"] as const)),
      ];
      expect(moments.length).toBeGreaterThan(8);
    });

    it("members are told and their end too, at every moment", async () => {
      for (const moment of moments) {
        const payload = slice("monitor:kohakku:2", 1, [member("queue")]);
        const { incident, told } = await playIncident(oneEventPerTask, limits, {
          moment,
          signal: "members",
          payload,
        });
        const at = JSON.stringify(moment);
        expect({ at, fault: incident.fault, closing: incident.closing?.kind }).toEqual({
          at,
          closing: "completed",
        });
        expect({ at, owed: owed(told) }).toEqual({ at, owed: [] });
        expect({ at, told: heardOf(told, "queue").length > 0 }).toEqual({ at, told: true });
      }
    });

    it("an acknowledgement is taken or refused in the log, once, at every moment", async () => {
      for (const moment of moments) {
        const twist = { moment, signal: "acknowledge", payload: { by: "ada" } };
        const { incident, told, kinds } = await playIncident(oneEventPerTask, limits, twist);
        const at = JSON.stringify(moment);
        expect({ at, fault: incident.fault, closing: incident.closing?.kind }).toEqual({
          at,
          closing: "completed",
        });
        expect({ at, owed: owed(told) }).toEqual({ at, owed: [] });
        const answers = [...kinds.values()].filter((kind) => kind === "acknowledged" || kind === "refused");
        expect({ at, answers: answers.length }).toEqual({ at, answers: 1 });
      }
    });
  },
);

describe("an update that comes together with the last of an incident", () => {
  it("is answered, and the incident closes all the same", async () => {
    for (let afterEndMs = 0; afterEndMs <= 600; afterEndMs += 20) {
      const { world, incident } = await openIncident(false, undefined);
      // A repeated command changes nothing, not even the log: it may be the very last thing that happens.
      const payload = { command_id: "once", text: "looking" };
      await incident.signal("comment", payload);
      await world.advance(MINUTE);
      world.signal(incident.workflowId, "members", slice("monitor:kohakku", 2, []));
      await world.advance(afterEndMs);
      if (incident.closing !== undefined) break;
      await incident.deliverTogether([{ update: "comment", id: "late", payload }, { advanceMs: 5 * SECOND }]);
      await world.advance(5 * SECOND);
      expect(await incident.update("comment", payload, "late")).toMatchObject({ ok: true });
      expect({ afterEndMs, closing: closingOf(incident) }).toEqual({ afterEndMs, closing: "completed" });
    }
  });
});

describe("a signal to a monitor around continue-as-new", () => {
  it("is taken at every moment", async () => {
    const script = {
      plan: oneRule(),
      look: phases([MINUTE, "bad"]),
      limits: { events: 40, bytes: 1_800_000 },
    };
    const usual = await tocsinWorld(script);
    const begun = usual.monitor.taskAttempts;
    await usual.advanceTo(4 * MINUTE);
    expect(usual.monitor.continuedAsNew).toBeGreaterThan(2);
    const moments: readonly Moment[] = [
      ...Array.from({ length: usual.monitor.taskAttempts - begun }, (_, index) => ({
        duringTask: begun + index + 1,
      })),
      "duringClosingTask",
      "beforeNextRun",
    ];
    for (const moment of moments) {
      const world = await tocsinWorld(script);
      world.monitor.signalAt(moment, "pause", { by: "ada", for: "1h", service: "controller" });
      await world.advanceTo(4 * MINUTE + 10 * SECOND);
      const { pauses } = (await world.monitor.query("status")) as { readonly pauses: readonly unknown[] };
      expect({ moment, pauses: pauses.length }).toEqual({ moment, pauses: 1 });
      expect(world.monitor.fault).toBeUndefined();
    }
  });
});
