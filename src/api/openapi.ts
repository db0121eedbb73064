/** The description of the API, made of the routes themselves: OpenAPI 3.1 at `/api/v1/openapi.json`. */

import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { jsonSchemaTransform } from "fastify-type-provider-zod";
import { z } from "zod";

import type { Access } from "./access.js";
import { PROBLEM_TYPE } from "./problem.js";

const problem = z.toJSONSchema(
  z.object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().describe("Never changes its meaning; docs/errors.md explains each"),
    remedy: z.string(),
  }),
);

/** Before any route. */
export async function describeApi(api: FastifyInstance): Promise<void> {
  await api.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Tocsin",
        version: "1",
        description:
          "What the command line reads, and what agents and jobs say. Every answer is an envelope of version, kind, data and meta; times are epoch milliseconds; what goes wrong is a problem (RFC 9457) with a code.",
        license: { name: "MIT", identifier: "MIT" },
      },
      servers: [{ url: "/", description: "The listener that serves this" }],
      tags: [
        { name: "look", description: "Reading what is watched, what fires and what happened" },
        { name: "post", description: "Saying that something is wrong, and that it is over" },
        { name: "health", description: "Whether Tocsin works" },
      ],
      components: {
        securitySchemes: {
          token: { type: "http", scheme: "bearer", description: "`tocsin token create` makes one" },
        },
      },
    },
    transform: (route) => {
      const { schema, url } = jsonSchemaTransform(route);
      if (schema.hide === true) return { schema, url };
      const { $schema: _, ...problemSchema } = problem;
      const response = {
        ...(schema.response as object | undefined),
        "4XX": {
          description: "What is wrong with the request",
          content: { [PROBLEM_TYPE]: { schema: problemSchema } },
        },
        "5XX": { description: "What is wrong here", content: { [PROBLEM_TYPE]: { schema: problemSchema } } },
      };
      const access = route.route.config?.access;
      return {
        url,
        schema: {
          ...schema,
          response,
          operationId: operationId(route.route.method, url),
          ...security(access),
        },
      };
    },
  });
}

export function openapiRoute(api: FastifyInstance): void {
  api.get("/api/v1/openapi.json", { config: { access: "open" }, schema: { hide: true } }, () =>
    api.swagger(),
  );
}

/** Reading needs no token on the machine itself, as long as there is none for it. */
function security(access: Access | undefined): { readonly security: Record<string, string[]>[] } {
  if (access === "open") return { security: [] };
  return { security: access === "read" ? [{ token: [] }, {}] : [{ token: [] }] };
}

/** `get-api-v1-incidents-incident` */
function operationId(method: string | readonly string[], url: string): string {
  return `${String(method)}${url.replace(/[^a-zA-Z0-9]+/g, "-")}`.toLowerCase().replace(/-$/, "");
}
