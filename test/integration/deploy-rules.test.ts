import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, it } from "@jest/globals";
import { stringify } from "yaml";

import { packageRoot } from "../../src/lib/package-root.js";
import { promtool, whyNoPrometheus } from "../support/prometheus.js";
import { describeReal } from "../support/real-server.js";

interface Dashboard {
  readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
}

/** What promtool says of the files in deploy/, as they are shipped. */
describeReal(whyNoPrometheus(), "what is shipped for Prometheus", () => {
  const shipped = join(packageRoot, "deploy", "prometheus");

  it("is rules that are valid", () => {
    expect(promtool(["check", "rules", join(shipped, "rules.yaml")])).toMatchObject({ ok: true });
  });

  it("is rules that fire when they should, and not when all is well", () => {
    expect(promtool(["test", "rules", join(shipped, "rules.test.yaml")])).toMatchObject({ ok: true });
  });

  it("is a dashboard whose every question Prometheus understands", () => {
    const board = JSON.parse(
      readFileSync(join(packageRoot, "deploy", "grafana", "tocsin.json"), "utf8"),
    ) as Dashboard;
    const questions = board.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    expect(questions.length).toBeGreaterThan(board.panels.length);
    const rules = questions.map((expr, index) => ({
      record: `dashboard:question:${index}`,
      expr: expr.replaceAll("$__rate_interval", "5m"),
    }));
    const folder = mkdtempSync(join(tmpdir(), "tocsin-rules-"));
    try {
      const file = join(folder, "questions.yaml");
      writeFileSync(file, stringify({ groups: [{ name: "dashboard", rules }] }));
      expect(promtool(["check", "rules", file])).toMatchObject({ ok: true });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("is a configuration that Prometheus takes, with the token where it is on this machine", () => {
    const folder = mkdtempSync(join(tmpdir(), "tocsin-rules-"));
    try {
      cpSync(shipped, folder, { recursive: true });
      const token = join(folder, "tocsin.token");
      writeFileSync(token, "tocsin_x\n");
      const config = readFileSync(join(folder, "prometheus.yaml"), "utf8");
      const file = join(folder, "here.yaml");
      writeFileSync(file, config.replaceAll("/etc/prometheus/tocsin.token", token));
      expect(promtool(["check", "config", file])).toMatchObject({ ok: true });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
