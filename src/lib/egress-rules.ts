/**
 * The two egress classes. Probes may reach what the operator configured, notifiers public addresses only; neither reaches cloud
 * metadata or link-local addresses unless a rule names exactly those. Denial wins over permission.
 */

import { classOf, parseAddress, type Address, type AddressClass } from "./address-class.js";
import type { EgressGuard } from "./egress.js";

/** CIDR blocks, addresses, host names, or `*.` and a domain. */
export interface EgressRules {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

export interface NotifierEgress extends EgressRules {
  /** Loopback and private addresses too. */
  readonly allowPrivate: boolean;
}

/** One entry of `allow` or `deny`. */
export interface EgressRule {
  readonly text: string;
  readonly matches: (address: Address, host: string) => boolean;
  /** It lies wholly within metadata and link-local addresses, so it was meant to open them. */
  readonly namesGuarded: boolean;
}

/** Addresses that hand out credentials or belong to one wire. */
const GUARDED: readonly AddressClass[] = ["metadata", "link-local"];
const WORDS: Readonly<Record<AddressClass, string>> = {
  metadata: "a cloud metadata address",
  "link-local": "a link-local address",
  loopback: "this machine itself",
  private: "a private address",
  special: "no address of a host",
  public: "a public address",
};
const LABEL = "[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?";
const HOST_NAME = new RegExp(`^(?:\\*\\.)?${LABEL}(?:\\.${LABEL})*\\.?$`, "i");
/** Verdicts kept; targets are few and repeat. */
const MAX_KNOWN = 20_000;

function bareName(host: string): string {
  return host.toLowerCase().replace(/\.$/, "");
}

function nameRule(text: string): EgressRule {
  const name = bareName(text);
  const suffix = name.startsWith("*.") ? name.slice(1) : undefined;
  const matches = (_: Address, host: string): boolean =>
    suffix === undefined ? bareName(host) === name : bareName(host).endsWith(suffix);
  return { text, matches, namesGuarded: false };
}

/** `bits` undefined: one address. Throws `RangeError` on more bits than the address has. */
function blockRule(text: string, network: Address, bits: number | undefined): EgressRule {
  const width = network.kind() === "ipv4" ? 32 : 128;
  const prefix = bits ?? width;
  if (!(prefix >= 0 && prefix <= width)) throw new RangeError(`not a network: ${text}`);
  const wholeLinkLocal = classOf(network) === "link-local" && prefix >= (width === 32 ? 16 : 10);
  return {
    text,
    matches: (address) => address.kind() === network.kind() && address.match(network, prefix),
    namesGuarded: wholeLinkLocal || (prefix === width && GUARDED.includes(classOf(network))),
  };
}

/** Throws `RangeError` on text that is neither a network, an address, nor a host name. */
export function egressRule(text: string): EgressRule {
  const [, block = "", bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const network = parseAddress(block);
  if (network !== undefined) return blockRule(text, network, bits === undefined ? undefined : Number(bits));
  if (!HOST_NAME.test(text)) throw new RangeError(`not a network, an address or a host name: ${text}`);
  return nameRule(text);
}

function decide(
  { allow, deny }: { readonly allow: readonly EgressRule[]; readonly deny: readonly EgressRule[] },
  open: readonly AddressClass[],
  literal: string,
  host: string,
): string | undefined {
  const address = parseAddress(literal);
  if (address === undefined) return `${literal} is no IP address`;
  const denied = deny.find((rule) => rule.matches(address, host));
  if (denied !== undefined) return `${literal} is denied by the egress rule ${denied.text}`;
  const kind = classOf(address);
  const allowed = allow.some(
    (rule) => rule.matches(address, host) && (rule.namesGuarded || !GUARDED.includes(kind)),
  );
  return allowed || open.includes(kind) ? undefined : `${literal} is ${WORDS[kind]}`;
}

function guardOf(rules: EgressRules, open: readonly AddressClass[]): EgressGuard {
  const parsed = { allow: rules.allow.map(egressRule), deny: rules.deny.map(egressRule) };
  const known = new Map<string, string | undefined>();
  return {
    refuse: (address, host) => {
      const key = `${address} ${host}`;
      if (known.has(key)) return known.get(key);
      if (known.size >= MAX_KNOWN) known.clear();
      const reason = decide(parsed, open, address, host);
      known.set(key, reason);
      return reason;
    },
  };
}

/** More different sets of rules than revisions and notifiers in use at once. */
const MAX_GUARDS = 100;
const guards = new Map<string, EgressGuard>();

/** The same rules give the same guard, with the verdicts it has found: connections are kept by guard. */
function knownGuard({ allow, deny }: EgressRules, open: readonly AddressClass[]): EgressGuard {
  const key = JSON.stringify([open, allow, deny]);
  const known = guards.get(key);
  if (known !== undefined) return known;
  const guard = guardOf({ allow, deny }, open);
  if (guards.size >= MAX_GUARDS) guards.clear();
  guards.set(key, guard);
  return guard;
}

/** For probes: everything but metadata and link-local. Throws `RangeError` on a rule that is none. */
export function probeEgress(rules: EgressRules): EgressGuard {
  return knownGuard(rules, ["public", "private", "loopback", "special"]);
}

/** For notifiers: public addresses, others only by rule or `allowPrivate`. Throws `RangeError` on a rule that is none. */
export function notifierEgress({ allowPrivate, ...rules }: NotifierEgress): EgressGuard {
  return knownGuard(rules, allowPrivate ? ["public", "private", "loopback"] : ["public"]);
}
