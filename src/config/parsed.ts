/** The configuration after its schemas and before its meaning: every piece that had the right form, with its place. */

import type { z } from "zod";

import type { AnyCheckType } from "../checks/registry.js";
import type { PlainSpec } from "../domain/plan.js";
import type { Path } from "./problem.js";
import type { AnyNotifier } from "./registries.js";
import type { commonCheckSchema, defaultsSchema, ruleSchema, serviceSchema, systemSchema } from "./schema.js";
import type { policySchema } from "./schema-policy.js";
import type { egressSchema, retentionSchema, schedulesSchema } from "./schema-settings.js";
import type { Tree } from "./tree.js";

/** A named piece; `value` is absent when it had the wrong form, which was told. */
export interface Piece<T> {
  readonly name: string;
  readonly path: Path;
  readonly value?: T;
}

export type RuleInput = z.output<typeof ruleSchema>;
export type DefaultsInput = z.output<typeof defaultsSchema>;
export type PolicyInput = z.output<typeof policySchema>;

export interface CheckInput {
  readonly common: z.output<typeof commonCheckSchema>;
  readonly type: AnyCheckType;
  readonly spec: PlainSpec;
}

export interface ParsedCheck extends Piece<CheckInput> {
  /** As it is written, right or wrong, for what schemas do not see. */
  readonly raw: Tree;
  readonly rules: readonly Piece<RuleInput>[];
}

export interface ParsedService extends Piece<z.output<typeof serviceSchema>> {
  readonly checks: readonly ParsedCheck[];
}

export interface ParsedSystem extends Piece<z.output<typeof systemSchema>> {
  readonly services: readonly ParsedService[];
}

export interface NotifierInput {
  readonly type: AnyNotifier;
  readonly spec: PlainSpec;
}

interface ParsedNotifier extends Piece<NotifierInput> {
  readonly raw: Tree;
}

export interface ParsedConfig {
  readonly defaults: DefaultsInput;
  readonly notifiers: readonly ParsedNotifier[];
  readonly policies: readonly Piece<PolicyInput>[];
  readonly systems: readonly ParsedSystem[];
  readonly schedules: z.output<typeof schedulesSchema>;
  readonly egress: z.output<typeof egressSchema>;
  readonly retention: z.output<typeof retentionSchema>;
}
