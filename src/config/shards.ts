/** Which monitor sweeps what: assignments stay as they are, and what is new goes where there is room. */

import { shardOf } from "../domain/plan-shards.js";
import type { CheckPlan, ServicePlan } from "../domain/plan.js";

/** Checks that one monitor sweeps, about. */
export const SHARD_CHECKS = 500;

/** What is assigned as a whole: a service, or one check of a service that is more than a monitor carries. */
export interface Piece {
  readonly name: string;
  readonly checks: number;
}

type Split = ReadonlyMap<string, number>;

/** The services with the shards of all their checks; `before` are the same system's in the revision before. */
export function sharded(
  services: readonly ServicePlan[],
  before: readonly ServicePlan[],
): readonly ServicePlan[] {
  const previous = new Map(before.flatMap(piecesNow));
  const wasSplit = new Set(before.filter(isSplit).map(({ name }) => name));
  const shards = assignShards(
    services.flatMap((service) => piecesOf(service, wasSplit.has(service.name))),
    previous,
  );
  return services.map((service) => withShards(service, shards));
}

/**
 * The shard of every piece, from 1. A piece keeps the one it had, however the sizes have changed since: moving it would move its
 * alerts to another workflow. A new one goes to the lowest with room; one that alone exceeds a shard gets its own.
 */
export function assignShards(pieces: readonly Piece[], previous: Split): Split {
  const assigned = new Map<string, number>();
  const load = new Map<number, number>();
  const assign = ({ name, checks }: Piece, shard: number): void => {
    assigned.set(name, shard);
    load.set(shard, (load.get(shard) ?? 0) + checks);
  };
  const sorted = [...pieces].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const piece of sorted) {
    const shard = previous.get(piece.name);
    if (shard !== undefined) assign(piece, shard);
  }
  for (const piece of sorted) {
    if (assigned.has(piece.name)) continue;
    let shard = 1;
    while (!hasRoom(load.get(shard), piece.checks)) shard += 1;
    assign(piece, shard);
  }
  return assigned;
}

function hasRoom(load: number | undefined, checks: number): boolean {
  return load === undefined || load + checks <= SHARD_CHECKS;
}

/** A service that was split stays so when it shrinks: to bring it together again would move its alerts. */
function piecesOf(service: ServicePlan, wasSplit: boolean): readonly Piece[] {
  const { name, checks } = service;
  const isWhole = checks.length === 0 || (!wasSplit && checks.length <= SHARD_CHECKS);
  if (isWhole) return [{ name, checks: checks.length }];
  return checks.map((check) => ({ name: pieceName(service, check), checks: 1 }));
}

/** A service's piece and those of its checks, so that it may be split now or have been split before. */
function piecesNow(service: ServicePlan): readonly (readonly [string, number])[] {
  return [
    [service.name, service.shard],
    ...service.checks.map((check) => [pieceName(service, check), shardOf(service, check)] as const),
  ];
}

function pieceName(service: ServicePlan, check: CheckPlan): string {
  return `${service.name}/${check.name}`;
}

function isSplit({ checks }: ServicePlan): boolean {
  return checks.some(({ shard }) => shard !== undefined);
}

/** The lowest shard is said once for the service, any other with the check that is there. */
function withShards(service: ServicePlan, shards: Split): ServicePlan {
  const whole = shards.get(service.name);
  if (whole !== undefined) return { ...service, shard: whole };
  const shardOfCheck = (check: CheckPlan): number => shards.get(pieceName(service, check)) ?? service.shard;
  const lowest = service.checks.reduce((least, check) => Math.min(least, shardOfCheck(check)), Infinity);
  const checks = service.checks.map((check) => {
    const shard = shardOfCheck(check);
    return shard === lowest ? check : { ...check, shard };
  });
  return { ...service, shard: lowest, checks };
}
