/** Which monitor sweeps which service: assignments stay as they are, new services go where there is room. */

/** Checks that one monitor sweeps, about. */
export const SHARD_CHECKS = 500;
/** More checks in one service would need it to be split, which this version cannot do. */
export const MAX_SERVICE_CHECKS = 2_000;

export interface ServiceSize {
  readonly name: string;
  readonly checks: number;
}

/**
 * The shard of every service of one system, from 1. A service keeps the one it had, however the sizes have changed since: moving it
 * would move its alerts to another workflow. A new one goes to the lowest with room; one that alone exceeds a shard gets its own.
 */
export function assignShards(
  services: readonly ServiceSize[],
  previous: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const assigned = new Map<string, number>();
  const load = new Map<number, number>();
  const assign = ({ name, checks }: ServiceSize, shard: number): void => {
    assigned.set(name, shard);
    load.set(shard, (load.get(shard) ?? 0) + checks);
  };
  const sorted = [...services].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const service of sorted) {
    const shard = previous.get(service.name);
    if (shard !== undefined) assign(service, shard);
  }
  for (const service of sorted) {
    if (assigned.has(service.name)) continue;
    let shard = 1;
    while (!hasRoom(load.get(shard), service.checks)) shard += 1;
    assign(service, shard);
  }
  return assigned;
}

function hasRoom(load: number | undefined, checks: number): boolean {
  return load === undefined || load + checks <= SHARD_CHECKS;
}
