/** All that an explanation is made from. */

import type { AlertTransition } from "../../domain/story.js";
import type { LiveGuards } from "../../temporal/live-status.js";
import type { WhyTarget } from "../target.js";
import type { Look } from "./looks.js";
import type { Watch } from "./watch.js";
import type { WhyIncident } from "./why-incident.js";

export interface WhyInput {
  /** What the person asked about, as typed. */
  readonly target: string;
  readonly about: WhyTarget;
  readonly now: number;
  /** Any order; of every alert asked about. */
  readonly transitions: readonly AlertTransition[];
  /** Newest first. */
  readonly incidents: readonly WhyIncident[];
  /** Alerts that are not simply good, from the running monitor; absent when nobody answered for it. */
  readonly guards?: readonly LiveGuards[];
  /** How it is watched now; absent when Temporal does not answer. */
  readonly watch?: Watch;
  /** What was stored of its readings, where no alert of it was in trouble; absent while the store is away. */
  readonly looks?: readonly Look[];
  /** Spells explained per alert, the newest; earlier ones are counted. */
  readonly spells: number;
  /** How far back was looked, epoch milliseconds. */
  readonly from: number;
}
