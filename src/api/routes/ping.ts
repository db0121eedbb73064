/** `/ping/<token>`: what a job calls when it begins, when it has ended, and with what. The token says of which check. */

import type { IncomingMessage } from "node:http";

import type { FastifyInstance, FastifyRequest } from "fastify";

import type { CheckId } from "../../domain/ids.js";
import { TocsinError } from "../../errors.js";
import type { NewPing } from "../../store/incoming.js";
import type { AccessOptions } from "../access.js";
import type { ApiDependencies } from "../dependencies.js";
import { keptEnd } from "../kept-end.js";

/** More of a job's output is read, and thrown away, so that a long one does not cost the ping. */
const BODY = { keepBytes: 10_000, maxBytes: 1024 * 1024 } as const;

interface PingRequest {
  readonly Params: { readonly token: string; readonly what?: string };
}

type Word = Pick<NewPing, "kind" | "exitCode">;

export async function pingRoutes(
  api: FastifyInstance,
  { pings }: ApiDependencies,
  access: AccessOptions,
): Promise<void> {
  await api.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request: FastifyRequest, payload: IncomingMessage) =>
      keptEnd(payload, BODY),
    );
    scope.route<PingRequest>({
      method: ["GET", "HEAD", "POST"],
      // Both in one pattern, so that a token alone never means another route.
      url: "/ping/:token/:what?",
      config: { access: "own" },
      schema: { hide: true },
      bodyLimit: BODY.maxBytes,
      handler: async (request, reply) => {
        const check = await checkOf(request, access);
        await pings.take({ check, ...wordOf(request.params.what), ...bodyOf(request), source: request.ip });
        return reply.type("text/plain").send("OK\n");
      },
    });
    done();
  });
}

async function checkOf(
  request: FastifyRequest<PingRequest>,
  { keyring, failed }: AccessOptions,
): Promise<CheckId> {
  const token = await keyring.find(request.params.token);
  if (token?.pingCheck !== undefined) return token.pingCheck;
  await failed(request);
  throw new TocsinError("API-003", "no job pings here: the token in this address is not known");
}

/** Nothing, or 0: it has ended well. Throws API-004 on a word that means nothing. */
function wordOf(what = ""): Word {
  if (what === "") return { kind: "ok" };
  if (what === "start" || what === "fail") return { kind: what };
  const exitCode = /^-?\d{1,10}$/.test(what) ? Number(what) : undefined;
  if (exitCode === undefined) {
    throw new TocsinError("API-004", "after the token comes `start`, `fail`, an exit code, or nothing");
  }
  return { kind: exitCode === 0 ? "ok" : "fail", exitCode };
}

function bodyOf({ body }: FastifyRequest<PingRequest>): Pick<NewPing, "body"> {
  return typeof body === "string" && body !== "" ? { body } : {};
}
