/** The `postgres` check through PgBouncer, as most applications reach their database. */

import { afterAll, beforeAll, expect, it, jest } from "@jest/globals";
import { Client } from "pg";

import { postgres } from "../../src/checks/postgres.js";
import type { Reading } from "../../src/domain/reading.js";
import { makeCertificateAuthority, type CertificateAuthority } from "../support/certificate-authority.js";
import { startPgbouncer, whyNoPgbouncer, type TestPgbouncer } from "../support/pgbouncer.js";
import { startServerPair, type ServerPair } from "../support/postgres-standby.js";
import { whyNoSystemPostgres } from "../support/postgres.js";
import { describeReal } from "../support/real-server.js";
import { probeContext } from "../support/probe-context.js";

jest.setTimeout(120_000);

const missing = whyNoPgbouncer() ?? whyNoSystemPostgres();
const POOL = 2;

async function only(spec: object): Promise<Reading> {
  const [reading, ...more] = await postgres.probe(postgres.schema.parse(spec), probeContext());
  if (reading === undefined || more.length > 0) throw new Error("expected one reading");
  return reading;
}

function throughPgbouncer(pooling: "session" | "transaction"): void {
  let authority: CertificateAuthority;
  let pair: ServerPair;
  let pool: TestPgbouncer;
  let direct: Client;

  beforeAll(async () => {
    authority = await makeCertificateAuthority();
    pair = await startServerPair(await authority.leaf({ names: ["127.0.0.1"] }));
    direct = new Client({ connectionString: pair.primaryUrl });
    await direct.connect();
    await direct.query("create role app superuser login password 'app-password'");
    const behind = new URL(pair.primaryUrl);
    behind.username = "app";
    behind.password = "app-password";
    pool = await startPgbouncer({ behind: behind.href, pooling, poolSize: POOL });
  });
  afterAll(async () => {
    await pool.close();
    await direct.end();
    await pair.stop();
    await authority.remove();
  });

  it("answers built-in questions and a query, again and again on the same few connections", async () => {
    for (let round = 0; round < 3 * POOL; round += 1) {
      expect(
        await only({ url: pool.url, watch: ["connections", "transactions", "slow_queries"] }),
      ).toMatchObject({
        outcome: "good",
        fields: { connections_max: expect.any(Number) as unknown, slow_queries: 0 },
      });
      expect(await only({ url: pool.url, query: "select 7 as tasks" })).toMatchObject({
        outcome: "good",
        fields: { rows: 1 },
      });
    }
    const { rows } = await direct.query<{ n: number }>(
      "select count(*)::int as n from pg_stat_activity where usename = 'app'",
    );
    expect(rows[0]?.n).toBeLessThanOrEqual(POOL);
  });

  it("leaves nothing behind on a connection that others go on with", async () => {
    await only({ url: pool.url, query: "select 1 as one" });
    const client = new Client({ connectionString: pool.url });
    await client.connect();
    const settings = await client.query<{ readonly: string; timeout: string }>(
      "select current_setting('transaction_read_only') as readonly, current_setting('statement_timeout') as timeout",
    );
    await client.end();
    expect(settings.rows).toEqual([{ readonly: "off", timeout: "0" }]);
  });
}

for (const pooling of ["session", "transaction"] as const) {
  describeReal(missing, `through PgBouncer with ${pooling} pooling`, () => {
    throughPgbouncer(pooling);
  });
}
