/** `tocsin validate`: everything that is wrong with a configuration, without running or reaching anything. */

import { relative, resolve } from "node:path";

import type { Command } from "commander";

import { problemsAsJson, renderProblems } from "../../config/diagnostics.js";
import { configJsonSchema } from "../../config/json-schema.js";
import { loadConfig } from "../../config/load.js";
import type { LoadResult } from "../../config/load.js";
import type { Plan } from "../../domain/plan.js";
import { EXIT } from "../../errors.js";
import type { ExitCode } from "../../errors.js";
import { printEnvelope } from "../output/envelope.js";
import { note, say } from "../session.js";
import type { Session } from "../session.js";
import { DEFAULT_CONFIG } from "./init.js";

interface ValidateFlags {
  readonly json?: true;
  readonly schema?: true;
}

export function registerValidate(program: Command, session: Session): void {
  program
    .command("validate")
    .description("say everything that is wrong with a configuration")
    .argument("[file]", "the configuration", DEFAULT_CONFIG)
    .option("--json", "print the result as JSON")
    .option("--schema", "print the JSON Schema for editors instead")
    .action(async (file: string, flags: ValidateFlags) => {
      if (flags.schema === true) {
        session.io.out(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
        return;
      }
      session.finish(await validate(file, flags, session));
    });
}

/** Warnings are told and are no findings; a file that cannot be read is a mistake in the call. */
async function validate(file: string, flags: ValidateFlags, session: Session): Promise<ExitCode> {
  const { io } = session;
  const result = await loadConfig(shownPath(file, io.cwd), { env: io.env });
  const problems = result.ok ? result.warnings : result.problems;
  if (flags.json === true) {
    const { problems: shown, more } = problemsAsJson(problems);
    printEnvelope(io, "validation", { ok: result.ok, ...countsOf(result), problems: shown }, { more });
  } else {
    if (problems.length > 0) note(io, renderProblems(problems).trimEnd());
    if (result.ok) say(io, [sentence(file, result.plan)]);
  }
  if (result.ok) return EXIT.ok;
  const unreadable = result.problems.some(
    ({ code, file: of }) => code === "CFG-001" && of === shownPath(file, io.cwd),
  );
  return unreadable ? EXIT.usage : EXIT.findings;
}

/** Relative to where this process stands, which tests may have moved. */
function shownPath(file: string, cwd: string): string {
  return relative(process.cwd(), resolve(cwd, file)) || file;
}

function countsOf(result: LoadResult): object {
  if (!result.ok) return {};
  const { plan } = result;
  return { revision: plan.revision, ...count(plan) };
}

function count({ systems, notifiers }: Plan): Readonly<Record<string, number>> {
  const services = systems.flatMap((system) => system.services);
  const checks = services.flatMap((service) => service.checks);
  return {
    systems: systems.length,
    services: services.length,
    checks: checks.length,
    alerts: checks.reduce((sum, { rules }) => sum + rules.length, 0),
    notifiers: Object.keys(notifiers).length,
  };
}

function sentence(file: string, plan: Plan): string {
  const counts = Object.entries(count(plan)).map(
    ([what, number]) => `${number} ${number === 1 ? what.slice(0, -1) : what}`,
  );
  return `${file} is valid: ${counts.join(", ")} (revision ${plan.revision})`;
}
