/** Checks: their times, the subjects they require, and what only some types can do. */

import type { AnyCheckType } from "../checks/registry.js";
import { sweptEveryMs } from "./check-times.js";
import { printDuration } from "../lib/duration.js";
import type { CheckInput, ParsedConfig } from "./parsed.js";
import type { Finding, Path } from "./problem.js";
import { checks } from "./walk.js";

export function reviewChecks(config: ParsedConfig): readonly Finding[] {
  return checks(config).flatMap(({ check }) =>
    check.value === undefined
      ? []
      : [
          ...timing(check.value, check.path, config),
          ...doubled(check.value, check.path),
          ...lifting(check.value, check.path),
        ],
  );
}

/** A timeout that the check itself gives; any other is cut to the interval. */
function timing(input: CheckInput, path: Path, { defaults }: ParsedConfig): readonly Finding[] {
  const { timeout } = input.common;
  const every = sweptEveryMs(input, defaults);
  if (timeout === undefined || timeout <= every) return [];
  const message = `a probe may take ${printDuration(timeout)}, and there is one every ${printDuration(every)}`;
  const hint = "make `timeout` at most `every`";
  return [{ code: "CFG-027", path: [...path, "timeout"], message, hint }];
}

function doubled({ common: { subjects } }: CheckInput, path: Path): readonly Finding[] {
  return subjects.flatMap((subject, index) => {
    const message = `\`${subject}\` is there twice`;
    const at = [...path, "subjects", index];
    return subjects.indexOf(subject) < index ? [{ code: "CFG-013", path: at, message } as const] : [];
  });
}

/** Only types whose answers can be JSON have anything to lift. */
function lifting({ common, type, spec }: CheckInput, path: Path): readonly Finding[] {
  if (type.lifts?.(spec) ?? Object.hasOwn(type.fields, "json")) return [];
  const used = [
    ...(Object.keys(common.fields).length > 0 ? ["fields"] : []),
    ...(common.each ? ["each"] : []),
  ];
  return used.map((key) => ({
    code: "CFG-029",
    path: [...path, key],
    at: "key",
    message: `\`${key}\` reads JSON answers, and ${answerless(type)} has none`,
  }));
}

function answerless(type: AnyCheckType): string {
  return Object.hasOwn(type.fields, "json") ? `this ${type.type} check` : `a ${type.type} check`;
}
