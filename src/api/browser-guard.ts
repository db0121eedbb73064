/** Browsers: what another site's page makes one send changes nothing here (no CORS header is ever sent, so it reads nothing either). */

import type { FastifyInstance, FastifyRequest } from "fastify";

import { TocsinError } from "../errors.js";

const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

export function guardAgainstOtherSites(api: FastifyInstance): void {
  // The hook's own signature wants a promise.
  api.addHook("onRequest", (request, _reply, done) => {
    done(SAFE_METHODS.has(request.method) || !isFromElsewhere(request) ? undefined : fromElsewhere());
  });
}

function fromElsewhere(): TocsinError {
  return new TocsinError("API-008", "a browser sent this for the page of another site");
}

/** Browsers that know no Sec-Fetch-Site send at least an Origin with what changes something. */
function isFromElsewhere({ headers, host }: FastifyRequest): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  const { origin } = headers;
  return origin !== undefined && origin.replace(/^https?:\/\//, "") !== host;
}
