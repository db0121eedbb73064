/** Short workflows that Temporal Schedules start: Tocsin's check of itself, and the store's housekeeping. */

import type { DoctorReport } from "../src/domain/doctor-report.js";
import { upkeepActivities } from "./activity-options.js";
import type { HousekeepingAnswer } from "./activity-contract.js";
import type { Prefix } from "./names.js";

export interface UpkeepInput {
  readonly prefix: Prefix;
}

export async function doctor(input: UpkeepInput): Promise<DoctorReport> {
  return upkeepActivities(input.prefix, "examine Temporal, store, workers, configuration").doctor();
}

export async function housekeeping(input: UpkeepInput): Promise<HousekeepingAnswer> {
  return upkeepActivities(input.prefix, "partitions, rollups, retention").housekeep();
}
