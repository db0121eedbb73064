/** `host:port` as configuration writes it, for what is reached by TCP without a URL. */

import { isIP } from "node:net";
import { z } from "zod";

export interface HostPort {
  /** A name or an IP literal, without brackets. */
  readonly host: string;
  readonly port: number;
}

const EXPECTED = "expected host:port, such as postgres:5432 or [::1]:5432";
const MAX_PORT = 65_535;

/** Undefined for anything but a host, a colon and a port; IPv6 addresses stand in brackets. */
function parseHostPort(text: string): HostPort | undefined {
  const [, literal, name, digits] = /^(?:\[([^\]]+)\]|([^\s:/@[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (!(port > 0 && port <= MAX_PORT)) return undefined;
  if (literal !== undefined) return isIP(literal) === 6 ? { host: literal, port } : undefined;
  return name === undefined ? undefined : { host: name, port };
}

export function isHostPort(text: string): boolean {
  return parseHostPort(text) !== undefined;
}

/** Handed on as it is written. */
export function hostPortValue(): z.ZodType<string, string> {
  return z.string(EXPECTED).refine(isHostPort, EXPECTED);
}

/** The parts of a text that {@link hostPortValue} took. Throws on any other. */
export function hostPortOf(text: string): HostPort {
  const parsed = parseHostPort(text);
  if (parsed === undefined) throw new RangeError(EXPECTED);
  return parsed;
}
