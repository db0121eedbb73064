/** Where a Redis is and how to prove oneself to it; one connection to it, held for one conversation. */

import { z } from "zod";

import { converse, type Conversed, type Limit } from "./conversation.js";
import type { EgressGuard } from "./egress.js";
import { MissingSecret, type Credentials } from "./http-credentials.js";
import { RedisSession } from "./redis-session.js";
import { SECRET_PATTERN, secretValue } from "./spec-values.js";
import { tlsKeys } from "./tls-spec.js";

const DEFAULT_PORT = 6_379;
const EXPECTED = "expected redis://host:6379 or rediss://…, or env:NAME or file:PATH with it";

function isRedisUrl(text: string): boolean {
  return /^rediss?:\/\/./i.test(text) && URL.canParse(text) && /^(\/\d*)?$/.test(new URL(text).pathname);
}

/** Keys of a connection, for the schema. */
export const redisKeys = {
  url: z
    .string(EXPECTED)
    .refine((text) => SECRET_PATTERN.test(text) || isRedisUrl(text), EXPECTED)
    .describe(
      "redis:// or rediss:// address with an optional /database; user and password in it are never shown",
    ),
  username: z.string().optional().describe("Who, or a reference; Redis 6 and newer"),
  password: secretValue().optional().describe("The password, by reference"),
  tls: tlsKeys
    .optional()
    .describe("Whom to trust and how to prove oneself; makes redis:// a TLS connection too"),
};

export type RedisKeys = z.output<z.ZodObject<typeof redisKeys>>;

interface Surroundings extends Limit {
  readonly egress: EgressGuard;
}

async function addressOf({ url: text }: RedisKeys, credentials: Credentials): Promise<URL> {
  const value = (await credentials.value(text)).trim();
  if (!isRedisUrl(value)) throw new MissingSecret(`${text} holds no redis:// or rediss:// URL`);
  return new URL(value);
}

/** User and password as AUTH takes them; empty when there are none. */
async function loginOf(spec: RedisKeys, url: URL, credentials: Credentials): Promise<readonly string[]> {
  const inUrl = decodeURIComponent(url.password);
  const password = spec.password === undefined ? inUrl : (await credentials.secret(spec.password)).trim();
  credentials.revealed.add(password);
  const username =
    spec.username === undefined ? decodeURIComponent(url.username) : await credentials.value(spec.username);
  if (password === "") return [];
  return username === "" ? [password] : [username, password];
}

/**
 * Connects, proves itself, selects the database and lets `talk` ask; `explain` makes an answer of a command that failed, or throws what is
 * none. Rejects with `MissingSecret`.
 */
export async function converseWithRedis<T>(
  spec: RedisKeys,
  surroundings: Surroundings,
  credentials: Credentials,
  talk: (session: RedisSession) => Promise<T>,
  explain: (error: unknown) => T,
): Promise<Conversed<T>> {
  const url = await addressOf(spec, credentials);
  const login = await loginOf(spec, url, credentials);
  const secured = spec.tls !== undefined || url.protocol.toLowerCase() === "rediss:";
  const options = {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? DEFAULT_PORT : Number(url.port),
    egress: surroundings.egress,
    ...(secured ? { tls: await credentials.tls(spec.tls ?? {}) } : {}),
  };
  const database = url.pathname.slice(1);
  return converse(options, surroundings, async (socket) => {
    const session = new RedisSession(socket);
    try {
      if (login.length > 0) await session.command("AUTH", ...login);
      if (database !== "" && database !== "0") await session.command("SELECT", database);
      return await talk(session);
    } catch (error) {
      return explain(error);
    }
  });
}
