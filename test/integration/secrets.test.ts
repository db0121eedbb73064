/** No planted secret is found anywhere that Tocsin writes: histories, logs, command output, the store, the state folder. */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Client } from "pg";

import { startInstallation, type Installation } from "../support/installation.js";
import { kindOf } from "../support/pages.js";
import { startReceiver, type Receiver } from "../support/receiver.js";
import { startSwitchTarget, type SwitchTarget } from "../support/switch-target.js";

const SECOND = 1_000;
const SIGNING = "whsec_cGxhbnRlZC1zaWduaW5nLXNlY3JldC0xMjM0NTY3OA==";
const TOKEN = "planted-token-9f8e7d6c5b4a";
const PASSWORD = "planted-password-1a2b3c4d";
const ENV = { PLANTED_SIGNING: SIGNING, PLANTED_TOKEN: TOKEN, PLANTED_PASSWORD: PASSWORD };

function config(target: SwitchTarget, hook: Receiver): string {
  return `tocsin: 1
defaults: { every: 2s, timeout: 1s, recover_for: 2s, recover_after: 2 }
notifiers:
  hook: { type: webhook, url: "${hook.url}", allow_private: true, secret: env:PLANTED_SIGNING, headers: { x-api-key: env:PLANTED_TOKEN } }
policies:
  default:
    critical: [ { notify: [hook] } ]
    warning: [ { notify: [hook] } ]
systems:
  shop:
    owner: platform
    services:
      api:
        checks:
          ready:
            type: http
            url: ${target.url}
            headers: { authorization: env:PLANTED_TOKEN }
            alerts:
              down: { for: 4s, severity: critical, action: Mend it., runbook: "https://runbooks.example/api" }
          login:
            type: http
            url: ${target.url}
            auth: { basic: { username: tocsin, password: env:PLANTED_PASSWORD } }
            alerts:
              down: { for: 4s, severity: warning, action: Mend it. }
`;
}

describe("planted secrets", () => {
  let hook: Receiver;
  let target: SwitchTarget;
  let installation: Installation;

  beforeAll(async () => {
    hook = await startReceiver({ secret: SIGNING });
    target = await startSwitchTarget();
    installation = await startInstallation({ config: config(target, hook), env: ENV });
    hook.answer({ status: 500 }, 1);
    await target.answer(503);
    await hook.waitFor((delivery) => delivery.accepted && kindOf(delivery) === "firing", 60 * SECOND);
    await target.refuse();
    await target.answer(200);
    await hook.waitFor((delivery) => delivery.accepted && kindOf(delivery) === "resolved", 60 * SECOND);
  }, 240_000);

  afterAll(async () => {
    await installation.close();
    await target.close();
    await hook.close();
  }, 60_000);

  function expectNone(where: string, text: string): void {
    const bare = SIGNING.slice("whsec_".length);
    const found = [SIGNING, bare, TOKEN, PASSWORD].filter((secret) => text.includes(secret));
    expect({ where, found }).toEqual({ where, found: [] });
  }

  it("stand in no exported history", async () => {
    for (const id of ["monitor:shop", "incident:shop/api"]) {
      const shown = await installation.temporal("workflow", "show", "--workflow-id", id, "--output", "json");
      expect(shown.stdout.length).toBeGreaterThan(1_000);
      const payloads = [...shown.stdout.matchAll(/"data": ?"([A-Za-z0-9+/=]+)"/g)].map(([, data]) =>
        Buffer.from(data ?? "", "base64").toString(),
      );
      expectNone(id, shown.stdout + payloads.join("\n"));
    }
  }, 60_000);

  it("stand in no command's output and no log", async () => {
    const commands = [
      ["status"],
      ["alerts", "--json"],
      ["incidents", "--json"],
      ["why", "shop/api"],
      ["history", "shop/api/ready"],
      ["doctor"],
      ["notify", "test", "hook"],
    ];
    for (const command of commands) {
      const { stdout, stderr } = await installation.tocsin(...command);
      expectNone(command.join(" "), stdout + stderr);
    }
    expectNone("log of up", installation.log());
  }, 120_000);

  it("stand in no table of the store and no file of the state folder", async () => {
    const { database } = JSON.parse(await readFile(join(installation.ready.dir, "up.json"), "utf8")) as {
      readonly database: string;
    };
    const client = new Client({ connectionString: database });
    await client.connect();
    try {
      const tables = await client.query<{ readonly name: string }>(
        "select format('%I.%I', table_schema, table_name) as name from information_schema.tables where table_schema in ('tocsin', 'public') and table_type = 'BASE TABLE'",
      );
      expect(tables.rows.length).toBeGreaterThan(5);
      for (const { name } of tables.rows) {
        const rows = await client.query<{ readonly row: string }>(`select t::text as row from ${name} t`);
        expectNone(name, rows.rows.map(({ row }) => row).join("\n"));
      }
    } finally {
      await client.end();
    }
    const files = await readdir(installation.ready.dir, { recursive: true, withFileTypes: true });
    for (const file of files.filter((each) => each.isFile() && /\.(json|log|yaml)$/.test(each.name))) {
      expectNone(file.name, await readFile(join(file.parentPath, file.name), "utf8"));
    }
  }, 60_000);
});
