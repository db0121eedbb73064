/** Probing one scripted HTTP target with the `http` check type, in one line. */

import { afterEach } from "@jest/globals";

import type { ProbeContext } from "../../src/checks/check-type.js";
import { http } from "../../src/checks/http.js";
import type { Reading } from "../../src/domain/reading.js";
import { startHttpTarget, type HttpTarget } from "./http-target.js";
import { probeContext } from "./probe-context.js";

export type TargetAnswer = Parameters<typeof startHttpTarget>[0];

export interface HttpCheckBench {
  /** A target that is closed after the test. */
  readonly target: (answer: TargetAnswer) => Promise<HttpTarget>;
  readonly probe: (spec: object, context?: Partial<ProbeContext>) => Promise<readonly Reading[]>;
  /** The reading of a probe that gives one. */
  readonly only: (spec: object, context?: Partial<ProbeContext>) => Promise<Reading>;
}

/** To be called once at the top of a test file. */
export function httpCheckBench(): HttpCheckBench {
  const open: HttpTarget[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.close()));
  });
  const probe: HttpCheckBench["probe"] = (spec, context = {}) =>
    http.probe(http.schema.parse(spec), probeContext(context));
  return {
    target: async (answer) => {
      const started = await startHttpTarget(answer);
      open.push(started);
      return started;
    },
    probe,
    only: async (spec, context) => {
      const [reading, ...more] = await probe(spec, context);
      if (reading === undefined || more.length > 0) throw new Error("expected one reading");
      return reading;
    },
  };
}
