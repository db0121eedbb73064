/** Where a PostgreSQL is and how to prove oneself to it; one connection to it, held for one conversation. */

import { z } from "zod";

import { converse, type Conversed, type Limit } from "./conversation.js";
import type { EgressGuard } from "./egress.js";
import { MissingSecret, type Credentials } from "./http-credentials.js";
import { PostgresSession } from "./postgres-session.js";
import { requestTls } from "./postgres-stream.js";
import { SECRET_PATTERN, secretValue } from "./spec-values.js";
import { tlsKeys } from "./tls-spec.js";

const DEFAULT_PORT = 5_432;
const EXPECTED = "expected postgres://user@host:5432/database, or env:NAME or file:PATH with it";
const WITH_TLS: readonly string[] = ["require", "verify-ca", "verify-full"];
const SSL_MODES: readonly string[] = ["", "disable", ...WITH_TLS];

function isPostgresUrl(text: string): boolean {
  return /^postgres(ql)?:\/\/[^/]/i.test(text) && URL.canParse(text) && new URL(text).hostname !== "";
}

/** Keys of a connection, for the schema. */
export const postgresKeys = {
  url: z
    .string(EXPECTED)
    .refine((text) => SECRET_PATTERN.test(text) || isPostgresUrl(text), EXPECTED)
    .describe("postgres:// address with user and database; a password in it is never shown"),
  password: secretValue().optional().describe("The password, by reference"),
  tls: tlsKeys
    .optional()
    .describe(
      "Whom to trust and how to prove oneself; without it `sslmode=require` in the address asks for TLS",
    ),
};

export type PostgresKeys = z.output<z.ZodObject<typeof postgresKeys>>;

interface Surroundings extends Limit {
  readonly egress: EgressGuard;
}

async function addressOf({ url: text }: PostgresKeys, credentials: Credentials): Promise<URL> {
  const value = (await credentials.value(text)).trim();
  if (!isPostgresUrl(value)) throw new MissingSecret(`${text} holds no postgres:// URL`);
  const url = new URL(value);
  const mode = url.searchParams.get("sslmode") ?? "";
  if (!SSL_MODES.includes(mode))
    throw new MissingSecret(`sslmode in the address must be ${SSL_MODES.slice(1).join(", ")}`);
  return url;
}

/** Connects, opens a read-only transaction and lets `talk` ask; `explain` makes an answer of what failed, or throws what is none. */
export async function converseWithPostgres<T>(
  spec: PostgresKeys,
  surroundings: Surroundings,
  credentials: Credentials,
  talk: (session: PostgresSession) => Promise<T>,
  explain: (error: unknown) => T,
): Promise<Conversed<T>> {
  const url = await addressOf(spec, credentials);
  const inUrl = decodeURIComponent(url.password);
  const password = spec.password === undefined ? inUrl : (await credentials.secret(spec.password)).trim();
  credentials.revealed.add(password);
  const user = decodeURIComponent(url.username) || "postgres";
  const database = decodeURIComponent(url.pathname.slice(1)) || user;
  const secured = spec.tls !== undefined || WITH_TLS.includes(url.searchParams.get("sslmode") ?? "");
  const options = {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? DEFAULT_PORT : Number(url.port),
    egress: surroundings.egress,
    ...(secured ? { tls: await credentials.tls(spec.tls ?? {}), beforeTls: requestTls } : {}),
  };
  return converse(options, surroundings, async (socket) => {
    try {
      const session = new PostgresSession(socket, {
        user,
        database,
        ...(password === "" ? {} : { password }),
      });
      await session.begin(surroundings.timeoutMs);
      const value = await talk(session);
      await session.end();
      return value;
    } catch (error) {
      return explain(error);
    }
  });
}
