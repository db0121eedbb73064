/** The pieces of a configuration with those around them. */

import type { ParsedCheck, ParsedConfig, ParsedService, ParsedSystem, Piece, RuleInput } from "./parsed.js";

export interface ServiceInPlace {
  readonly system: ParsedSystem;
  readonly service: ParsedService;
}

export interface CheckInPlace extends ServiceInPlace {
  readonly check: ParsedCheck;
}

export interface RuleInPlace extends CheckInPlace {
  readonly rule: Piece<RuleInput>;
}

export const services = once((config): readonly ServiceInPlace[] =>
  config.systems.flatMap((system) => system.services.map((service) => ({ system, service }))),
);

export const checks = once((config): readonly CheckInPlace[] =>
  services(config).flatMap((place) => place.service.checks.map((check) => ({ ...place, check }))),
);

export const rules = once((config): readonly RuleInPlace[] =>
  checks(config).flatMap((place) => place.check.rules.map((rule) => ({ ...place, rule }))),
);

/** Every review walks over the same configuration. */
function once<T extends object>(walk: (config: ParsedConfig) => T): (config: ParsedConfig) => T {
  const known = new WeakMap<ParsedConfig, T>();
  return (config) => {
    const found = known.get(config) ?? walk(config);
    known.set(config, found);
    return found;
  };
}
