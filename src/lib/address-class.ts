/** What kind of address an IP literal is: whatever it is wrapped in (mapped, NAT64, 6to4), judged by where its packets end up. */

import ipaddr from "ipaddr.js";

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** `special`: addresses no host answers at (multicast, reserved, documentation, discard…). */
export type AddressClass = "metadata" | "link-local" | "loopback" | "private" | "special" | "public";

/** Where clouds serve credentials to whoever asks from inside. */
const METADATA: ReadonlySet<string> = new Set([
  "169.254.169.254", // AWS, Azure, GCP, most others
  "169.254.170.2", // AWS ECS tasks
  "169.254.170.23", // AWS EKS pods
  "100.100.100.200", // Alibaba
  "168.63.129.16", // Azure's platform address
  "192.0.0.192", // Oracle, classic
  "fd00:ec2::254", // AWS over IPv6
  "fd00:ec2::23", // AWS EKS pods over IPv6
  "fd20:ce::254", // GCP over IPv6
]);

const CLASS_OF_RANGE: Readonly<Record<string, AddressClass>> = {
  unicast: "public",
  linkLocal: "link-local",
  loopback: "loopback",
  // Connecting to 0.0.0.0 or :: reaches this very machine.
  unspecified: "loopback",
  private: "private",
  carrierGradeNat: "private",
  uniqueLocal: "private",
  deprecatedSiteLocal: "private",
  // Operated for everybody, and reachable.
  as112: "public",
  as112v6: "public",
  amt: "public",
};

function v4From(bytes: readonly number[], at: number): Address {
  return ipaddr.parse(bytes.slice(at, at + 4).join("."));
}

function isV6(address: Address): address is ipaddr.IPv6 {
  return address.kind() === "ipv6";
}

/** The IPv4 address that a transition address stands for, else the address itself. */
function unwrapped(address: Address): Address {
  if (!isV6(address)) return address;
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  const bytes = address.toByteArray();
  const range = address.range();
  if (range === "rfc6052" || range === "rfc6145") return v4From(bytes, 12);
  if (range === "6to4") return v4From(bytes, 2);
  // `::a.b.c.d`, obsolete but still routed by some stacks; `::` and `::1` are what they are.
  const compatible = bytes.slice(0, 12).every((byte) => byte === 0) && range === "unicast";
  return compatible ? v4From(bytes, 12) : address;
}

/** Parses an IP literal, zone and all, and takes it out of what it is wrapped in; undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  try {
    return unwrapped(ipaddr.parse(text.replace(/%.*$/s, "")));
  } catch {
    return undefined;
  }
}

/** The class of an address that {@link parseAddress} gave. */
export function classOf(address: Address): AddressClass {
  if (METADATA.has(address.toString())) return "metadata";
  const known = CLASS_OF_RANGE[address.range()] ?? "special";
  // Only 2000::/3 has ever been given out.
  const given = !isV6(address) || ((address.toByteArray()[0] ?? 0) & 0xe0) === 0x20;
  return known === "public" && !given ? "special" : known;
}
