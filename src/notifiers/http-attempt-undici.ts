/** The POST itself: a fresh connection to an address that the egress guard allows, and whether anything was written to it. */

import { lookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { Readable } from "node:stream";

import { Agent, request } from "undici";

import type { EgressGuard } from "../lib/egress.js";
import type { Post } from "./http-attempt.js";
import type { SendContext } from "./notifier.js";

export type PostOutcome =
  | { readonly ok: true; readonly status: number; readonly retryAfter: string | undefined }
  | { readonly ok: false; readonly sent: boolean; readonly code: string; readonly refused?: string };

class EgressRefused extends Error {}

function guardedLookup(egress: EgressGuard): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, "", 0);
        return;
      }
      const reasons = addresses.map(({ address }) => egress.refuse(address, host));
      const allowed = addresses.filter((_, index) => reasons[index] === undefined);
      if (allowed.length > 0) {
        callback(null, allowed);
        return;
      }
      callback(new EgressRefused(reasons.find((reason) => reason !== undefined)), "", 0);
    });
  };
}

function codeOf(error: unknown): string {
  const { name, code } =
    error instanceof Error ? (error as Error & { code?: unknown }) : { name: "Error", code: "" };
  return typeof code === "string" && code !== "" ? code : name;
}

export async function postOnce(post: Post, { egress, signal }: SendContext): Promise<PostOutcome> {
  const host = new URL(post.url).hostname.replace(/^\[|\]$/g, "");
  const refused = isIP(host) === 0 ? undefined : egress.refuse(host, host);
  if (refused !== undefined) return { ok: false, sent: false, code: "EGRESS", refused };
  if (signal.aborted) return { ok: false, sent: false, code: "ABORTED" };
  let sent = false;
  const bytes = Buffer.from(post.body);
  const body = async function* () {
    sent = true;
    yield await Promise.resolve(bytes);
  };
  const agent = new Agent({ connect: { lookup: guardedLookup(egress) }, pipelining: 0 });
  try {
    const answer = await request(post.url, {
      method: "POST",
      dispatcher: agent,
      headers: { ...post.headers, "content-length": String(bytes.length) },
      body: Readable.from(body()),
      signal: AbortSignal.any([signal, AbortSignal.timeout(post.timeoutMs)]),
    });
    const retryAfter = answer.headers["retry-after"];
    return {
      ok: true,
      status: answer.statusCode,
      retryAfter: typeof retryAfter === "string" ? retryAfter : undefined,
    };
  } catch (error) {
    return error instanceof EgressRefused
      ? { ok: false, sent, code: "EGRESS", refused: error.message }
      : { ok: false, sent, code: codeOf(error) };
  } finally {
    await agent.destroy();
  }
}
