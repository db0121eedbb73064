import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import { notifierEgress, probeEgress, egressRule } from "../../src/lib/egress-rules.js";

const NO_RULES = { allow: [], deny: [] };
const METADATA = [
  "169.254.169.254",
  "::ffff:169.254.169.254",
  "::ffff:a9fe:a9fe",
  "::169.254.169.254",
  "64:ff9b::169.254.169.254",
  "64:ff9b:1::a9fe:a9fe",
  "2002:a9fe:a9fe::1",
  "::ffff:0:169.254.169.254",
  "169.254.170.2",
  "100.100.100.200",
  "168.63.129.16",
  "fd00:ec2::254",
];
const LINK_LOCAL = ["169.254.0.1", "fe80::1", "fe80::1%eth0", "::ffff:169.254.7.7"];
const INSIDE = [
  "10.1.2.3",
  "172.16.0.1",
  "192.168.1.1",
  "100.64.0.1",
  "127.0.0.1",
  "127.255.255.254",
  "0.0.0.0",
  "::",
  "::1",
  "::ffff:127.0.0.1",
  "::ffff:10.0.0.1",
  "64:ff9b::10.0.0.1",
  "fd12:3456::1",
  "fec0::1",
];
const NOWHERE = [
  "224.0.0.1",
  "255.255.255.255",
  "240.0.0.1",
  "192.0.2.1",
  "198.18.0.1",
  "192.0.0.8",
  "ff02::1",
  "2001:db8::1",
  "4000::1",
  "100::1",
  "2001:0:1::1",
];
const PUBLIC = ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::1.1.1.1", "::ffff:1.1.1.1"];

describe("the egress of probes", () => {
  const egress = probeEgress(NO_RULES);

  it.each([...METADATA, ...LINK_LOCAL])("refuses %s", (address) => {
    expect(egress.refuse(address, "host")).toMatch(/is a (cloud metadata|link-local) address$/);
  });

  it.each([...INSIDE, ...PUBLIC])("reaches %s", (address) => {
    expect(egress.refuse(address, "host")).toBeUndefined();
  });

  it("refuses what is no address at all", () => {
    expect(egress.refuse("nonsense", "nonsense")).toBe("nonsense is no IP address");
  });
});

describe("the egress of notifiers", () => {
  const egress = notifierEgress({ ...NO_RULES, allowPrivate: false });

  it.each([...METADATA, ...LINK_LOCAL, ...INSIDE, ...NOWHERE])("refuses %s", (address) => {
    expect(egress.refuse(address, "host")).toBeDefined();
  });

  it.each(PUBLIC)("reaches %s", (address) => {
    expect(egress.refuse(address, "host")).toBeUndefined();
  });

  it("reaches inside with allow_private, but neither metadata nor link-local addresses nor nowhere", () => {
    const inside = notifierEgress({ ...NO_RULES, allowPrivate: true });
    expect(INSIDE.filter((address) => inside.refuse(address, "host") !== undefined)).toEqual([]);
    const refused = [...METADATA, ...LINK_LOCAL, ...NOWHERE];
    expect(refused.filter((address) => inside.refuse(address, "host") === undefined)).toEqual([]);
  });

  it("never reaches an IPv4 address that it refuses, however it is wrapped", () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(octet, octet, octet, octet, (a, b, c, d) => {
        const plain = `${a}.${b}.${c}.${d}`;
        const hex = (high: number, low: number) => ((high << 8) | low).toString(16);
        const tail = `${hex(a, b)}:${hex(c, d)}`;
        const wrapped = [`::ffff:${tail}`, `64:ff9b::${tail}`, `2002:${tail}::1`, `::ffff:0:${tail}`];
        if (egress.refuse(plain, "host") === undefined) return true;
        return wrapped.every((address) => egress.refuse(address, "host") !== undefined);
      }),
    );
  });
});

describe("egress rules", () => {
  it("that are the same make one guard, so that kept connections are found again", () => {
    const rules = { allow: ["10.0.0.0/8"], deny: [] };
    expect(probeEgress({ ...rules })).toBe(probeEgress({ ...rules }));
    expect(probeEgress(rules)).not.toBe(probeEgress({ ...rules, deny: ["10.0.0.1"] }));
    expect(notifierEgress({ ...rules, allowPrivate: true })).not.toBe(
      notifierEgress({ ...rules, allowPrivate: false }),
    );
  });

  it.each([
    ["a block", "10.0.0.0/8", "10.9.9.9", "any"],
    ["an address", "10.0.0.7", "10.0.0.7", "any"],
    ["a block of IPv6", "fd00::/8", "fd12::1", "any"],
    ["a host name, whatever its case", "Hooks.Internal", "10.0.0.1", "hooks.internal."],
    ["a domain", "*.corp.example", "10.0.0.1", "a.b.corp.example"],
  ])("open %s", (_, rule, address, host) => {
    const egress = notifierEgress({ allow: [rule], deny: [], allowPrivate: false });
    expect(egress.refuse(address, host)).toBeUndefined();
    expect(egress.refuse("192.168.9.9", "other.example")).toBeDefined();
  });

  it("do not open a domain by its own name or by its ending", () => {
    const egress = notifierEgress({ allow: ["*.corp.example"], deny: [], allowPrivate: false });
    expect(egress.refuse("10.0.0.1", "corp.example")).toBeDefined();
    expect(egress.refuse("10.0.0.1", "evilcorp.example")).toBeDefined();
  });

  it.each(["0.0.0.0/0", "168.0.0.0/6", "metadata.example", "*.example", "::/0"])(
    "open no metadata address by %s, which does not name it",
    (rule) => {
      const egress = probeEgress({ allow: [rule], deny: [] });
      expect(egress.refuse("169.254.169.254", "metadata.example")).toBeDefined();
      expect(egress.refuse("fd00:ec2::254", "metadata.example")).toBeDefined();
    },
  );

  it.each(["169.254.169.254", "169.254.169.254/32", "169.254.0.0/16", "::ffff:169.254.169.254"])(
    "open the metadata address by %s, which names it",
    (rule) => {
      expect(probeEgress({ allow: [rule], deny: [] }).refuse("169.254.169.254", "x")).toBeUndefined();
    },
  );

  it("say which rule denied, and deny what another allows", () => {
    const egress = probeEgress({ allow: ["10.0.0.1"], deny: ["10.0.0.0/8"] });
    expect(egress.refuse("10.0.0.1", "x")).toBe("10.0.0.1 is denied by the egress rule 10.0.0.0/8");
  });

  it("deny a mapped address by the rule for the plain one", () => {
    expect(probeEgress({ allow: [], deny: ["1.1.1.0/24"] }).refuse("::ffff:1.1.1.1", "x")).toBeDefined();
  });

  it.each(["10.0.0.0/33", "fd00::/129", "not a host", "", "a..b", "10.0.0.0/x", "http://a/"])(
    "refuse to be %p",
    (text) => {
      expect(() => egressRule(text)).toThrow(RangeError);
    },
  );
});
