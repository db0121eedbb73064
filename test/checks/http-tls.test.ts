import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";

import { http } from "../../src/checks/http.js";
import type { ProbeContext } from "../../src/checks/check-type.js";
import type { Reading } from "../../src/domain/reading.js";
import {
  makeCertificateAuthority,
  type CertificateAuthority,
  type Identity,
  type LeafOptions,
} from "../support/certificate-authority.js";
import { startHttpTarget, type HttpTarget } from "../support/http-target.js";
import { probeContext, secretsFrom } from "../support/probe-context.js";

const NAMES = ["localhost", "127.0.0.1"];
let authority: CertificateAuthority;
const targets: Pick<HttpTarget, "close">[] = [];

beforeAll(async () => {
  authority = await makeCertificateAuthority();
});
afterEach(async () => {
  await Promise.all(targets.splice(0).map((each) => each.close()));
});
afterAll(() => authority.remove());

async function serve(identity: Identity, more: object = {}): Promise<HttpTarget> {
  const target = await startHttpTarget({ body: "OK" }, { ...identity, ...more });
  targets.push(target);
  return target;
}

/** A server that asks for client certificates and says by alert what it thinks of them. */
async function serveByOpenssl(identity: Identity, options: readonly string[]): Promise<string> {
  const file = (name: string) => join(authority.folder, name);
  await writeFile(file("s.pem"), identity.cert);
  await writeFile(file("s.key"), identity.key);
  await writeFile(file("s-ca.pem"), authority.root);
  const words = [
    "s_server",
    "-accept",
    "127.0.0.1:0",
    "-www",
    "-key",
    file("s.key"),
    "-CAfile",
    file("s-ca.pem"),
  ];
  const child = spawn("openssl", [
    ...words,
    "-cert",
    file("s.pem"),
    "-cert_chain",
    file("s.pem"),
    ...options,
  ]);
  targets.push({ close: () => stop(child) });
  for await (const chunk of child.stdout) {
    const [, port] = /ACCEPT .*:(\d+)/.exec(String(chunk)) ?? [];
    if (port !== undefined) return `https://127.0.0.1:${port}/`;
  }
  throw new Error("openssl s_server did not start");
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = once(child, "exit");
  child.kill();
  await gone;
}

async function probe(url: string, tls: object, context: Partial<ProbeContext> = {}): Promise<Reading> {
  const secrets = secretsFrom({ "env:CA": authority.root });
  const spec = http.schema.parse({ url, tls: { ca: "env:CA", ...tls } });
  const [reading] = await http.probe(spec, probeContext({ secrets, ...context }));
  if (reading === undefined) throw new Error("no reading");
  return reading;
}

describe("an https check", () => {
  it("trusts the authority it was given and tells how long the certificate lasts", async () => {
    const { url } = await serve(await authority.leaf({ names: NAMES, daysLeft: 12 }));
    const reading = await probe(url, {});
    expect(reading.outcome).toBe("good");
    expect(reading.fields.cert_days_left).toBeCloseTo(11.9, 0);
    expect(reading.fields.tls_ms).toBeGreaterThan(0);
    expect(reading.phases?.tls).toBeGreaterThan(0);
  });

  it("reads a bare path as a file", async () => {
    const { url } = await serve(await authority.leaf({ names: NAMES }));
    const path = join(authority.folder, "trusted.pem");
    await writeFile(path, authority.root);
    const secrets = secretsFrom({ [`file:${path}`]: authority.root });
    expect((await probe(url, { ca: path }, { secrets })).outcome).toBe("good");
  });

  it.each<[string, LeafOptions, RegExp]>([
    ["has expired", { names: NAMES, daysLeft: -3.5 }, /^certificate expired 3 days ago$/],
    [
      "is for somebody else",
      { names: ["a.example", "b.example"] },
      /^certificate is for a\.example, b\.example, not for 127\.0\.0\.1$/,
    ],
    [
      "comes without its intermediate",
      { names: NAMES, incompleteChain: true },
      /^certificate's issuer Test Intermediate is neither trusted here nor sent along \(incomplete chain\?\)$/,
    ],
    ["is signed by itself", { names: NAMES, selfSigned: true }, /^certificate is self-signed$/],
  ])("is bad when the certificate %s", async (_, leaf, reason) => {
    const { url, requests } = await serve(await authority.leaf(leaf));
    const reading = await probe(url, {});
    expect(reading.outcome).toBe("bad");
    expect(reading.reason).toMatch(reason);
    expect(reading.fields.cert_days_left).toEqual(expect.any(Number));
    expect(requests).toHaveLength(0);
  });

  it("is bad when the authority is not among those trusted", async () => {
    const { url } = await serve(await authority.leaf({ names: NAMES }));
    const spec = http.schema.parse({ url });
    const [reading] = await http.probe(spec, probeContext());
    expect(reading).toMatchObject({ outcome: "bad", reason: expect.stringMatching(/^certificate/) });
  });

  it("takes any certificate when told to, and still says when it ends", async () => {
    const { url } = await serve(await authority.leaf({ names: ["a.example"], daysLeft: -3.5 }));
    const reading = await probe(url, { insecure: true });
    expect(reading.outcome).toBe("good");
    expect(reading.fields.cert_days_left).toBeLessThan(-3);
  });

  it("checks the certificate for another name when told to", async () => {
    const { url } = await serve(await authority.leaf({ names: ["a.example"] }));
    expect((await probe(url, { server_name: "a.example" })).outcome).toBe("good");
  });

  it.each(["-tls1_2", "-tls1_3"])(
    "shows its own certificate and is unknown when that is refused (%s)",
    async (version) => {
      const [server, client, stranger] = await Promise.all([
        authority.leaf({ names: NAMES }),
        authority.leaf({ names: ["tocsin"] }),
        authority.leaf({ names: ["stranger"], selfSigned: true }),
      ]);
      const url = await serveByOpenssl(server, [version, "-Verify", "2", "-verify_return_error"]);
      const secretsOf = (identity: Identity) =>
        secretsFrom({ "env:CA": authority.root, "env:CERT": identity.cert, "env:KEY": identity.key });
      const identity = { cert: "env:CERT", key: "env:KEY" };
      expect((await probe(url, identity, { secrets: secretsOf(client) })).outcome).toBe("good");
      expect(await probe(url, identity, { secrets: secretsOf(stranger) })).toMatchObject({
        outcome: "unknown",
        reason: expect.stringMatching(/^refuses the client certificate \(/),
      });
      expect((await probe(url, {})).outcome).toBe("bad");
    },
  );

  it("is unknown when its own TLS settings are broken", async () => {
    const { url } = await serve(await authority.leaf({ names: NAMES }));
    const reading = await probe(url, {}, { secrets: secretsFrom({ "env:CA": "no PEM at all" }) });
    expect(reading).toMatchObject({
      outcome: "unknown",
      reason: expect.stringMatching(/^the TLS settings cannot be used: /),
    });
  });

  it("is bad when the address does not speak TLS", async () => {
    const target = await startHttpTarget({ body: "OK" });
    targets.push(target);
    const reading = await probe(`https://127.0.0.1:${target.port}/`, {});
    expect(reading).toMatchObject({ outcome: "bad", reason: "does not speak TLS" });
  });
});
