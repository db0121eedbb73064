/** A configuration that watches a fleet as people do: systems, services, an alert for each check. */

export interface FleetConfig {
  readonly checks: number;
  readonly everySeconds: number;
  readonly timeoutSeconds: number;
  readonly url: (target: number) => string;
  /** Checks of one system, and so at most of one monitor's shards. */
  readonly perSystem: number;
}

const PER_SERVICE = 50;

/** YAML. Who is told does not matter here: nothing of it fails. */
export function fleetConfig({ checks, everySeconds, timeoutSeconds, url, perSystem }: FleetConfig): string {
  const check = (target: number): string =>
    `          c${target}: { type: http, url: "${url(target)}", alerts: { down: { for: 2m, severity: critical, action: Mend it., runbook: "https://runbooks.example/down" } } }`;
  const range = (from: number, to: number): readonly number[] =>
    Array.from({ length: Math.max(0, to - from) }, (_each, index) => from + index);
  const service = (from: number, to: number): string =>
    [`      s${from}:`, "        checks:", ...range(from, to).map(check)].join("\n");
  const system = (from: number, to: number): string =>
    [
      `  fleet${from}:`,
      "    owner: platform",
      "    services:",
      ...steps(from, to, PER_SERVICE).map(([first, last]) => service(first, last)),
    ].join("\n");
  return `tocsin: 1
defaults: { every: ${everySeconds}s, timeout: ${timeoutSeconds}s }
notifiers:
  out: { type: stdout }
policies:
  default:
    critical: [ { notify: [out] } ]
systems:
${steps(0, checks, perSystem)
  .map(([first, last]) => system(first, last))
  .join("\n")}
`;
}

function steps(from: number, to: number, width: number): readonly (readonly [number, number])[] {
  const count = Math.ceil((to - from) / width);
  return Array.from({ length: count }, (_each, index) => {
    const first = from + index * width;
    return [first, Math.min(to, first + width)] as const;
  });
}
