/** From the plain tree to typed pieces: each is taken through its own schema, so that all mistakes are found at once. */

import type { z } from "zod";

import type { ParsedCheck, ParsedConfig, ParsedService, ParsedSystem, Piece, RuleInput } from "./parsed.js";
import { parse, type Parsing } from "./parse-piece.js";
import { parseCheckKeys, parseNotifier } from "./parse-typed.js";
import type { Path } from "./problem.js";
import { defaultsSchema, fileSchema, ruleSchema, serviceSchema, systemSchema } from "./schema.js";
import { policySchema } from "./schema-policy.js";
import { egressSchema, retentionSchema, schedulesSchema } from "./schema-settings.js";
import { isMapping, type Mapping, type Tree } from "./tree.js";
import type { MappingKind } from "./unsupported.js";

/** The pieces of a merged tree; what is wrong is added to the findings. Undefined when it is no configuration at all. */
export function parseConfig(tree: Tree, parsing: Parsing): ParsedConfig | undefined {
  if (!isMapping(tree)) {
    parsing.findings.push({
      code: "CFG-009",
      path: [],
      message: "the configuration must be a mapping of keys to values",
      hint: "begin with `tocsin: 1`",
    });
    return undefined;
  }
  if (!hasVersion(tree, parsing)) return undefined;
  parse(fileSchema, { ...tree, tocsin: 1 }, [], parsing, "file");
  return {
    defaults: section(defaultsSchema, tree, "defaults", parsing) ?? {},
    notifiers: entries(tree.notifiers).map(([name, value]) => ({
      ...parseNotifier(name, value, parsing),
      raw: value,
    })),
    policies: entries(tree.policies).map(([name, value]) => {
      const path = ["policies", name];
      return piece(name, path, parse(policySchema, value, path, parsing));
    }),
    systems: entries(tree.systems).map(([name, value]) => parseSystem(name, value, parsing)),
    schedules: section(schedulesSchema, tree, "schedules", parsing, "schedules") ?? {},
    egress: section(egressSchema, tree, "egress", parsing) ?? egressSchema.parse({}),
    retention: section(retentionSchema, tree, "retention", parsing) ?? retentionSchema.parse({}),
  };
}

/** Another version has another form: there is no use in saying what is wrong with it in this one. */
function hasVersion(tree: Mapping, { findings }: Parsing): boolean {
  const version = tree.tocsin;
  if (version === 1) return true;
  const hint = "write `tocsin: 1`";
  if (version === undefined) {
    findings.push({ code: "CFG-010", path: [], message: "`tocsin`, the format version, is missing", hint });
    // A file that forgot only this is read on.
    return true;
  }
  const shown = typeof version === "number" || typeof version === "string" ? ` ${version}` : "";
  findings.push({
    code: "CFG-010",
    path: ["tocsin"],
    message: `format version${shown} is not one that this program reads`,
    hint: version === "1" ? "write it without quotes: `tocsin: 1`" : hint,
  });
  return false;
}

function section<S extends z.ZodType>(
  schema: S,
  tree: Mapping,
  key: string,
  parsing: Parsing,
  kind?: MappingKind,
): z.output<S> | undefined {
  return tree[key] === undefined ? undefined : parse(schema, tree[key], [key], parsing, kind);
}

function piece<T>(name: string, path: Path, value: T | undefined): Piece<T> {
  return value === undefined ? { name, path } : { name, path, value };
}

/** What is no mapping was told by the schema around it. */
function entries(tree: Tree): readonly (readonly [string, Tree])[] {
  return isMapping(tree) ? Object.entries(tree) : [];
}

function inner(tree: Tree, key: string): Tree {
  return isMapping(tree) ? tree[key] : undefined;
}

function parseSystem(name: string, tree: Tree, parsing: Parsing): ParsedSystem {
  const path = ["systems", name];
  const value = parse(systemSchema, tree, path, parsing, "system");
  const services = entries(inner(tree, "services")).map(([service, below]) =>
    parseService(service, below, [...path, "services", service], parsing),
  );
  return { ...piece(name, path, value), services };
}

function parseService(name: string, tree: Tree, path: Path, parsing: Parsing): ParsedService {
  const value = parse(serviceSchema, tree, path, parsing, "service");
  const checks = entries(inner(tree, "checks")).map(([check, below]) =>
    parseCheck(check, below, [...path, "checks", check], parsing),
  );
  return { ...piece(name, path, value), checks };
}

function parseCheck(name: string, tree: Tree, path: Path, parsing: Parsing): ParsedCheck {
  const rules = entries(inner(tree, "alerts")).map(([rule, below]): Piece<RuleInput> => {
    const at = [...path, "alerts", rule];
    return piece(rule, at, parse(ruleSchema, below, at, parsing, "rule"));
  });
  return { ...piece(name, path, parseCheckKeys(tree, path, parsing)), rules, raw: tree };
}
