import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";

import { packageRoot } from "../../src/lib/package-root.js";
import { notifier } from "../../src/notifiers/registry.js";

interface Check {
  readonly url: string;
  readonly alerts: Readonly<
    Record<string, { readonly for: string; readonly severity: string; readonly action: string }>
  >;
}

interface DemoConfig {
  readonly notifiers: Readonly<Record<string, { readonly type: string }>>;
  readonly systems: {
    readonly kohakku: {
      readonly services: Readonly<Record<string, { readonly checks: Readonly<Record<string, Check>> }>>;
    };
  };
}

/** `${NAME:-default}` expanded as if no variable was set. */
const TEXT = readFileSync(join(packageRoot, "demo.yaml"), "utf8").replace(/\$\{\w+:-([^}]*)\}/g, "$1");
const CONFIG = parse(TEXT) as DemoConfig;
const SERVICES = CONFIG.systems.kohakku.services;

describe("demo.yaml", () => {
  test("tells only notifiers that exist, with keys that they take", () => {
    for (const { type, ...own } of Object.values(CONFIG.notifiers)) {
      expect(notifier(type)?.schema.safeParse(own)).toMatchObject({ success: true });
    }
  });

  test("looks at the demo's usual addresses", () => {
    const urls = Object.values(SERVICES).flatMap(({ checks }) => Object.values(checks).map(({ url }) => url));
    expect(urls).toEqual([
      "http://127.0.0.1:8000/health/",
      "http://127.0.0.1:8000/ready/",
      "http://127.0.0.1:8080/health",
      "http://127.0.0.1:8080/ready",
    ]);
  });

  test("pages twenty seconds after a service cannot serve", () => {
    for (const { checks } of Object.values(SERVICES)) {
      expect(checks.ready?.alerts["not-ready"]).toMatchObject({ for: "20s", severity: "critical" });
    }
  });
});
