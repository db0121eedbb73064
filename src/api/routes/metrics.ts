/** `/metrics`: pages for Prometheus. Who reads them may read everything else, too. */

import type { FastifyInstance } from "fastify";

import type { Pages } from "../../telemetry/page.js";

export function metricsRoutes(api: FastifyInstance, pages: Pages): void {
  for (const [url, page] of Object.entries(pages)) {
    api.get(url, { config: { access: "read" }, schema: { hide: true } }, async (_request, reply) => {
      const { type, text } = await page();
      return reply.type(type).send(text);
    });
  }
}
