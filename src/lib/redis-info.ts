/** What Redis' INFO says of its health: memory, evictions, clients, replication, persistence. */

/** Names and values of an INFO reply, sections left out. */
export function parseInfo(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(/\r?\n/).flatMap((line) => {
      const colon = line.indexOf(":");
      return colon < 1 || line.startsWith("#")
        ? []
        : [[line.slice(0, colon), line.slice(colon + 1)] as const];
    }),
  );
}

function numberAt(info: ReadonlyMap<string, string>, name: string): number | undefined {
  const text = info.get(name);
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** Share of `maxmemory`, or of the machine's memory when that is 0, which is no limit. */
function memoryUsedPercent(info: ReadonlyMap<string, string>): number | undefined {
  const used = numberAt(info, "used_memory");
  const limit = [numberAt(info, "maxmemory"), numberAt(info, "total_system_memory")].find(
    (bytes = 0) => bytes > 0,
  );
  return used === undefined || limit === undefined ? undefined : Math.round((used / limit) * 1_000) / 10;
}

/** Fields by their names; what this server does not report is absent. */
export function healthFields(
  info: ReadonlyMap<string, string>,
): Readonly<Record<string, number | string | boolean>> {
  const link = info.get("master_link_status");
  const role = info.get("role");
  const values = {
    memory_used_percent: memoryUsedPercent(info),
    memory_used_bytes: numberAt(info, "used_memory"),
    evicted_keys: numberAt(info, "evicted_keys"),
    clients: numberAt(info, "connected_clients"),
    rejected_connections: numberAt(info, "rejected_connections"),
    role: role === "slave" ? "replica" : role,
    replicas: numberAt(info, "connected_slaves"),
    replica_linked: link === undefined ? undefined : link === "up",
  };
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}

/** What it says is wrong with itself, though it answers. */
export function healthTroubles(info: ReadonlyMap<string, string>): readonly string[] {
  const downFor = info.get("master_link_down_since_seconds");
  return [
    ...(info.get("master_link_status") === "down"
      ? [`the link to its master is down${downFor === undefined ? "" : ` for ${downFor} s`}`]
      : []),
    ...(info.get("rdb_last_bgsave_status") === "err" ? ["its last snapshot failed"] : []),
    ...(info.get("aof_last_write_status") === "err" ? ["its last write to the append-only file failed"] : []),
  ];
}
