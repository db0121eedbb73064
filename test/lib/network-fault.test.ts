import { describe, expect, it } from "@jest/globals";

import { startTrace, type ConnectionPhase } from "../../src/lib/connection.js";
import { connectionFault, type NetworkFault } from "../../src/lib/network-fault.js";

function coded(code: string, more: object = {}): Error {
  return Object.assign(new Error(`connect ${code}`), { code, ...more });
}

function faultOf(
  error: Error,
  phase: ConnectionPhase = "connect",
  attempts: string[] = ["10.0.0.7:80"],
): NetworkFault {
  return connectionFault(error, { host: "db", nowMs: 0, trace: { ...startTrace(), phase, attempts } });
}

describe("a connection that could not be opened", () => {
  it.each<[string, ConnectionPhase, "target" | "ours", string]>([
    ["ECONNREFUSED", "connect", "target", "refused the connection (10.0.0.7:80)"],
    ["ECONNRESET", "connect", "target", "reset the connection (10.0.0.7:80)"],
    ["EHOSTUNREACH", "connect", "target", "cannot be reached, no route to the host (10.0.0.7:80)"],
    ["ETIMEDOUT", "connect", "target", "did not accept a connection (10.0.0.7:80)"],
    ["ESOMETHING", "connect", "target", "could not be reached: ESOMETHING (10.0.0.7:80)"],
    ["ENOTFOUND", "dns", "target", "host name does not exist (db)"],
    ["EAI_AGAIN", "dns", "ours", "the DNS server gave no answer (db)"],
    ["EAI_FAIL", "dns", "ours", "the DNS server refused to answer (db)"],
    ["ENETUNREACH", "connect", "ours", "this machine has no route to it (10.0.0.7:80)"],
    ["ENETDOWN", "connect", "ours", "this machine's network is down (10.0.0.7:80)"],
    ["EADDRNOTAVAIL", "connect", "ours", "this machine has no free local port or address (10.0.0.7:80)"],
    ["EACCES", "connect", "ours", "this machine's firewall forbids the connection (10.0.0.7:80)"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "tls", "target", "does not speak TLS"],
    ["ECONNRESET", "tls", "target", "closed the connection during the TLS handshake"],
    ["ERR_SSL_NO_SHARED_CIPHER", "tls", "target", "TLS handshake failed: ERR_SSL_NO_SHARED_CIPHER"],
  ])("by %s while in %s is %s to blame", (code, phase, fault, message) => {
    expect(faultOf(coded(code), phase)).toEqual({ code, fault, message });
  });

  it.each(["EMFILE", "ENFILE"])("by %s is ours, and names the limit", (code) => {
    expect(faultOf(coded(code))).toMatchObject({
      fault: "ours",
      message: expect.stringMatching(/^this worker has no file descriptor left/),
    });
  });

  it("to several addresses is judged by the one that could be reached", () => {
    const errors = [coded("ENETUNREACH"), coded("ECONNREFUSED")];
    const both = coded("ENETUNREACH", { errors });
    expect(faultOf(both, "connect", ["[fd00::1]:80", "10.0.0.7:80"])).toEqual({
      code: "ECONNREFUSED",
      fault: "target",
      message: "refused the connection ([fd00::1]:80, 10.0.0.7:80)",
    });
    expect(faultOf(coded("ENETUNREACH", { errors: [coded("ENETUNREACH")] }))).toMatchObject({
      fault: "ours",
    });
  });
});
