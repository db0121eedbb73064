import { describe, expect, it } from "@jest/globals";

import { maskSecrets } from "../../src/config/mask.js";

describe("a source line that is shown", () => {
  it.each([
    ["    secret: hunter2", "    secret: *******"],
    ['secret: "a, b" # why', "secret: ****** # why"],
    ["{ secret: hunter2, timeout: 5s }", "{ secret: *******, timeout: 5s }"],
    ["{ x: { token: abc }, y: 1 }", "{ x: { token: *** }, y: 1 }"],
    ["password:hunter2", "password:*******"],
    ["'api-key': 'it''s'", "'api-key': *******"],
    ["routing_key: env:PAGERDUTY_KEY", "routing_key: env:PAGERDUTY_KEY"],
    ['webhook_secret: "file:/run/secrets/x"', 'webhook_secret: "file:/run/secrets/x"'],
    ["secret: ${HOOK_SECRET}", "secret: ${HOOK_SECRET}"],
    ["secret: ${HOOK_SECRET:-hunter2}", "secret: **********************}"],
    ["url: https://me:pw1@host/x", "url: https://me:***@host/x"],
    ["url: https://host/x?token=abc&page=2", "url: https://host/x?token=***&page=2"],
    ["note: Bearer abcdef123", "note: Bearer *********"],
    ["action: Rotate it, then restart.", "action: Rotate it, then restart."],
    ["auth: { bearer: env:T }", "auth: { bearer: env:T }"],
    ["headers: { X-Api-Key: abc, Accept: text/html }", "headers: { X-Api-Key: ***, Accept: text/html }"],
    ["secrets: *anchor", "secrets: *anchor"],
  ])("%s is shown as %s", (line, shown) => {
    expect(maskSecrets(line)).toBe(shown);
  });

  it("keeps its length, so that carets stay right", () => {
    const line = '{ token: "ä€😀", url: "https://u:pässwörd@h/?sig=1" }';
    expect(maskSecrets(line)).toHaveLength(line.length);
  });
});
