/** Values of options, checked while the command line is read. */

import { InvalidArgumentError } from "commander";

import { DURATION_EXPECTED, parseDuration } from "../lib/duration.js";

/** Milliseconds. */
export function durationMs(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError(`Expected ${DURATION_EXPECTED}.`);
  return ms;
}

/** A duration that is not nothing, checked here and sent as it was written. */
export function durationText(text: string): string {
  if (durationMs(text) === 0) throw new InvalidArgumentError("Expected a duration longer than nothing.");
  return text;
}

/** Something that can be read. */
export function spokenText(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("Expected a text.");
  return text;
}

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value === 0)
    throw new InvalidArgumentError("Expected a whole number from 1 on.");
  return value;
}

/** For options that may be given several times. */
export function gathered(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** `127.0.0.1:8470`, `[::1]:8470`, `0.0.0.0:8470`; port 0 takes any that is free. */
export function hostAndPort(text: string): HostAndPort {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/[\]]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || port > 65_535)
    throw new InvalidArgumentError("Expected a host and a port: 127.0.0.1:8470.");
  return { host, port };
}
