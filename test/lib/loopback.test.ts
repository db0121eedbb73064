import { expect, test } from "@jest/globals";

import { isLoopbackHost } from "../../src/lib/loopback.js";

test.each(["127.0.0.1", "127.9.9.9", "localhost", "LOCALHOST", "::1", "[::1]"])(
  "%s is this machine",
  (host) => {
    expect(isLoopbackHost(host)).toBe(true);
  },
);

test.each([
  "0.0.0.0",
  "::",
  "10.0.0.1",
  "127.0.0.1.evil.example",
  "localhost.evil.example",
  "evil.example",
  "",
])("%j may be reached by others", (host) => {
  expect(isLoopbackHost(host)).toBe(false);
});
