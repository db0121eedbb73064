/** A configuration of one service for each target, whose alert pages one webhook. */

export interface PagingConfig {
  readonly urls: readonly string[];
  readonly hook: string;
  readonly everySeconds: number;
  readonly forSeconds: number;
}

/** YAML; the services are `bench/t0`, `bench/t1`, … */
export function pagingConfig({ urls, hook, everySeconds, forSeconds }: PagingConfig): string {
  const services = urls.map(
    (url, index) => `      t${index}:
        checks:
          ready: { type: http, url: "${url}", alerts: { down: { for: ${forSeconds}s, severity: critical, action: Mend it. } } }`,
  );
  return `tocsin: 1
defaults: { every: ${everySeconds}s, timeout: 2s, recover_for: 5s, recover_after: 2 }
notifiers:
  hook: { type: webhook, url: "${hook}", allow_private: true }
policies:
  default:
    critical: [ { notify: [hook] } ]
systems:
  bench:
    owner: platform
    services:
${services.join("\n")}
`;
}
