/** Which hosts are this machine and no other. */

/** Brackets of an IPv6 address may stay; a name other than `localhost` is none, wherever it points now. */
export function isLoopbackHost(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "").toLowerCase();
  return bare === "localhost" || bare === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(bare);
}
