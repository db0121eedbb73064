import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "@jest/globals";

import { packageRoot } from "../../src/lib/package-root.js";

/** What systemd itself says of the units; none is started. */
const isThere = spawnSync("systemd-analyze", ["--version"]).status === 0;
const declare = isThere || process.env.CI === "true" ? it : it.skip;

/** Below this systemd calls a service well confined. */
const MOST_EXPOSED = 2;

describe.each(["worker", "serve"])("the unit of tocsin %s", (role) => {
  const name = `tocsin-${role}.service`;
  const path = join(packageRoot, "deploy", "systemd", name);

  declare("is understood by systemd in every line", () => {
    const folder = mkdtempSync(join(tmpdir(), "tocsin-units-"));
    try {
      // It looks whether the program is there.
      const unit = readFileSync(path, "utf8").replace("/usr/bin/node", process.execPath);
      writeFileSync(join(folder, name), unit);
      const { status, stdout, stderr } = spawnSync("systemd-analyze", ["verify", join(folder, name)], {
        encoding: "utf8",
      });
      expect([status, `${stdout}${stderr}`]).toEqual([0, ""]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  declare("is well confined by systemd's own measure", () => {
    const { stdout } = spawnSync("systemd-analyze", ["security", "--offline=true", path], {
      encoding: "utf8",
    });
    const level = /exposure level for \S+: (\d+\.\d+)/.exec(stdout)?.[1];
    expect(Number(level)).toBeLessThan(MOST_EXPOSED);
  });
});
