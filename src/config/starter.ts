/** The file that `tocsin init` writes: small, commented, and valid as it is. */

export const STARTER = `# What Tocsin watches, and who is told. All keys: docs/configuration.md.
# Check it with \`tocsin validate\`, try one check with \`tocsin check\`, run everything with \`tocsin up --config <this file>\`.
tocsin: 1

# Channels. Secrets are never written here, only where they are: env:NAME or file:PATH.
notifiers:
  screen: { type: stdout }
  # pager: { type: pagerduty, routing_key: env:PAGERDUTY_ROUTING_KEY }
  # chat: { type: slack, token: env:SLACK_BOT_TOKEN, channel: C0123456789, mention: [here] }
  # hook: { type: webhook, url: "https://hooks.example/tocsin", secret: env:HOOK_SECRET }

# Who is told, when. A step runs unless somebody has acknowledged before (\`tocsin ack\`).
policies:
  default:
    critical:
      - { notify: [screen] }
      # - { after: 5m, notify: [pager] }
    warning:
      - { notify: [screen] }

systems:
  shop: # a system has services, a service has checks, a check has alerts
    owner: platform # critical alerts need somebody who is responsible
    services:
      web:
        checks:
          ready:
            type: http
            url: "\${TOCSIN_START_URL:-http://127.0.0.1:8080}/ready"
            every: 15s
            alerts:
              not-ready: # without \`when\`: the reading is bad
                for: 2m # two minutes means two minutes, whatever restarts meanwhile
                severity: critical # critical: page now; warning: a human must act, in hours; info: only shown
                summary: "The shop cannot serve: {{ reason }}"
                action: Look at what the answer names, and restart it.
                runbook: https://runbooks.example/shop-not-ready
              slow:
                when: latency_ms > 1000
                for: 5m
                severity: warning
                summary: "The shop answers slowly: {{ fields.latency_ms }} ms"
                action: Look at the load of the database.
`;
