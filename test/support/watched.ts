/** Configurations for whole installations: services with one `http` check each, one webhook to tell. */

import type { Receiver } from "./receiver.js";

export interface Watched {
  readonly service: string;
  readonly url: string;
}

export interface Watching {
  readonly every?: string;
  readonly timeout?: string;
  readonly for?: string;
  readonly recoverFor?: string;
  /** YAML of the policy's keys below `default:`, already indented by four. */
  readonly policy?: string;
  /** The webhook's secret, as a reference. */
  readonly secret?: string;
}

/** System `shop`; every service has the check `ready` with the critical alert `not-ready`. */
export function watching(
  services: readonly Watched[],
  hook: Pick<Receiver, "url">,
  options: Watching = {},
): string {
  const { every = "5s", timeout = "2s", for: forText = "20s", recoverFor = "5s", secret } = options;
  const policy = options.policy ?? "    critical: [ { notify: [hook] } ]";
  const blocks = services.map(
    ({ service, url }) => `      ${service}:
        checks:
          ready:
            type: http
            url: ${url}
            alerts:
              not-ready: { for: ${forText}, severity: critical, action: Mend it., runbook: "https://runbooks.example/${service}" }`,
  );
  return `tocsin: 1
defaults: { every: ${every}, timeout: ${timeout}, recover_for: ${recoverFor}, recover_after: 2 }
notifiers:
  hook: { type: webhook, url: "${hook.url}", allow_private: true${secret === undefined ? "" : `, secret: ${secret}`} }
policies:
  default:
${policy}
systems:
  shop:
    owner: platform
    services:
${blocks.join("\n")}
`;
}
