import { describe, expect, it } from "@jest/globals";

import { askOwed, owedLines, type StillOwed } from "../../src/cli/owed.js";
import type { RevisionId, ServiceId } from "../../src/domain/ids.js";
import { TocsinError } from "../../src/errors.js";
import { oneRule } from "../support/plans.js";
import { MINUTE } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld, type WorldScript } from "../support/tocsin-world.js";
import { worldCli, type WorldCli } from "./world-installation.js";

const PLAN = oneRule();
const OPENED = PLAN.revision;
const APPLIED = "000000000002" as RevisionId;
const SERVICE = "kohakku/controller" as ServiceId;

/** Bad from 1:00: `pager` is told at 3:04, `lead` at 8:04 unless it is over. */
async function at(sinceMs: number, script: Partial<WorldScript> = {}): Promise<WorldCli> {
  const world = await tocsinWorld({ plan: PLAN, look: phases([MINUTE, "bad"]), ...script });
  await world.advanceTo(sinceMs);
  return worldCli(world, PLAN);
}

/** `pager: end` */
function short({ owed }: StillOwed): readonly string[] {
  return owed.map((each) => `${each.notifier}: ${each.owed}`);
}

describe("what is still owed under an older configuration", () => {
  it("is an end to whoever was told, under the revision that the incident was opened with", async () => {
    const { operations } = await at(4 * MINUTE);
    expect(await askOwed(operations, APPLIED)).toEqual({
      owed: [
        {
          incident: "kohakku/controller@2026-01-01T00:03:04.781Z",
          notifier: "pager",
          owed: "end",
          revision: OPENED,
        },
      ],
      unanswered: [],
    });
  });

  it("is a page to whoever it has not arrived at yet, and an end too if it may have", async () => {
    const refused = await at(9 * MINUTE, {
      answer: (notifier) => (notifier === "lead" ? "retry" : "accepted"),
    });
    expect(short(await askOwed(refused.operations, APPLIED))).toEqual(["pager: end", "lead: page"]);
    const silent = await at(9 * MINUTE, {
      answer: (notifier) => (notifier === "lead" ? "ambiguous" : "accepted"),
    });
    expect(short(await askOwed(silent.operations, APPLIED))).toEqual([
      "pager: end",
      "lead: page",
      "lead: end",
    ]);
  });

  it("is the end that its receiver does not take, until it is given up", async () => {
    const over = { look: phases([MINUTE, "bad"], [5 * MINUTE, "good"]) };
    const end = (result: "retry" | "rejected"): NonNullable<WorldScript["answer"]> => {
      return (_notifier, _at, { kind }) => (kind === "resolved" ? result : "accepted");
    };
    const tried = await at(8 * MINUTE, { ...over, answer: end("retry") });
    expect(short(await askOwed(tried.operations, APPLIED))).toEqual(["pager: end"]);
    const given = await at(8 * MINUTE, { ...over, answer: end("rejected") });
    expect(short(await askOwed(given.operations, APPLIED))).toEqual([]);
  });

  it("is nothing where the incident was opened under what is applied, and where none runs", async () => {
    const { operations } = await at(4 * MINUTE);
    expect(await askOwed(operations, OPENED)).toEqual({ owed: [], unanswered: [] });
    const quiet = await at(2 * MINUTE);
    expect(await askOwed(quiet.operations, APPLIED)).toEqual({ owed: [], unanswered: [] });
  });
});

describe("an incident that does not answer", () => {
  it("is named, since nobody can say what it owes", async () => {
    const { operations, away } = await at(4 * MINUTE);
    away.workers = true;
    expect(await askOwed(operations, APPLIED)).toEqual({ owed: [], unanswered: [SERVICE] });
  });

  it("is waited for no longer than the time that is given", async () => {
    const { operations } = await at(4 * MINUTE);
    const hanging = { ...operations, incidentStatus: () => new Promise<never>(() => undefined) };
    expect(await askOwed(hanging, APPLIED, 10)).toEqual({ owed: [], unanswered: [SERVICE] });
  });

  it("does not undo that the configuration was applied: a server that went away is named too", async () => {
    const { operations } = await at(4 * MINUTE);
    const gone = new TocsinError("TMP-001", "no Temporal server answers");
    expect(await askOwed({ ...operations, incidentStatus: () => Promise.reject(gone) }, APPLIED)).toEqual({
      owed: [],
      unanswered: [SERVICE],
    });
    expect(await askOwed({ ...operations, listIncidents: () => Promise.reject(gone) }, APPLIED)).toEqual({
      owed: [],
      unanswered: [],
      unlisted: "no Temporal server answers",
    });
  });
});

describe("for people it", () => {
  it("is a table that fits the window, and nothing when nothing is owed", () => {
    const owed = (notifier: string, what: "page" | "end"): StillOwed["owed"][number] => ({
      incident: "kohakku/controller@2026-01-01T00:03:04.781Z" as StillOwed["owed"][number]["incident"],
      notifier,
      owed: what,
      revision: OPENED,
    });
    expect(owedLines({ owed: [owed("pager", "end"), owed("lead", "page")], unanswered: [] }, 80))
      .toMatchInlineSnapshot(`
     [
       "still owed under earlier settings:",
       "INCIDENT                                     NOTIFIER  OWED  TOLD UNDER",
       "kohakku/controller@2026-01-01T00:03:04.781Z  pager     end   000000000001",
       "kohakku/controller@2026-01-01T00:03:04.781Z  lead      page  000000000001",
     ]
    `);
    expect(owedLines({ owed: [], unanswered: [SERVICE] }, 80)).toMatchInlineSnapshot(`
     [
       "no worker answers for kohakku/controller: what is owed there is not known; it is",
       "told under the settings that the incident was opened with",
     ]
    `);
    expect(owedLines({ owed: [], unanswered: [], unlisted: "no Temporal server answers" }, 80))
      .toMatchInlineSnapshot(`
     [
       "what open incidents still owe is not known: no Temporal server answers",
     ]
    `);
    expect(owedLines({ owed: [], unanswered: [] }, 80)).toEqual([]);
  });
});
