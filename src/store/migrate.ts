/** Brings the schema up to date from the numbered SQL files, once, whoever starts first; refuses what this program did not make. */

import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Kysely, type Migration, type MigrationProvider, Migrator, sql } from "kysely";
import { TocsinError } from "../errors.js";
import { packageRoot } from "../lib/package-root.js";
import { storeError } from "./store-error.js";
import type { Tables } from "./tables.js";

const FILE_NAME = /^(\d{4}_[a-z0-9_]+)\.sql$/;
const OLDEST_SERVER = 140_000;

export interface MigrationFile {
  /** `0001_initial` */
  readonly name: string;
  readonly text: string;
  readonly sha256: string;
}

/** The numbered files of a folder, in order; the package's own by default. */
export async function readMigrations(
  folder: string = join(packageRoot, "src", "store", "migrations"),
): Promise<readonly MigrationFile[]> {
  const names = (await readdir(folder)).filter((file) => FILE_NAME.test(file)).sort();
  return Promise.all(
    names.map(async (file) => {
      const text = await readFile(join(folder, file), "utf8");
      const sha256 = createHash("sha256").update(text).digest("hex");
      return { name: file.replace(FILE_NAME, "$1"), text, sha256 };
    }),
  );
}

function migrationOf(file: MigrationFile): Migration {
  return {
    up: async (db: Kysely<Tables>) => {
      await sql.raw(file.text).execute(db);
      await sql`create table if not exists tocsin.migration_checksums (name text primary key, sha256 text not null)`.execute(
        db,
      );
      await db
        .insertInto("tocsin.migration_checksums")
        .values({ name: file.name, sha256: file.sha256 })
        .execute();
    },
  };
}

function provider(files: readonly MigrationFile[]): MigrationProvider {
  const migrations = Object.fromEntries(files.map((file) => [file.name, migrationOf(file)]));
  return { getMigrations: () => Promise.resolve(migrations) };
}

async function refuseOldServer(db: Kysely<Tables>, where: string): Promise<void> {
  const answer = await sql<{
    server_version_num: string;
    server_version: string;
  }>`select current_setting('server_version_num') as server_version_num, current_setting('server_version') as server_version`.execute(
    db,
  );
  const server = answer.rows[0];
  if (server !== undefined && Number(server.server_version_num) >= OLDEST_SERVER) return;
  throw new TocsinError(
    "STO-002",
    `store ${where} is PostgreSQL ${server?.server_version ?? "?"}; 14 is the oldest`,
  );
}

async function appliedMigrations(
  db: Kysely<Tables>,
): Promise<readonly { name: string; sha256: string | null }[]> {
  const made = await sql<{ made: boolean }>`
    select to_regclass('tocsin.migrations') is not null and to_regclass('tocsin.migration_checksums') is not null as made
  `.execute(db);
  if (made.rows[0]?.made !== true) return [];
  return db
    .selectFrom("tocsin.migrations as m")
    .leftJoin("tocsin.migration_checksums as c", "c.name", "m.name")
    .select(["m.name", "c.sha256"])
    .orderBy("m.name")
    .execute();
}

/** Rejects with STO-003 on a migration that this program does not know, STO-004 on one whose file differs from what was applied. */
async function refuseForeignSchema(
  db: Kysely<Tables>,
  files: readonly MigrationFile[],
  where: string,
): Promise<void> {
  for (const applied of await appliedMigrations(db)) {
    const file = files.find(({ name }) => name === applied.name);
    if (file === undefined) {
      throw new TocsinError(
        "STO-003",
        `store ${where} has migration ${applied.name}, unknown to this program`,
      );
    }
    if (applied.sha256 !== file.sha256) {
      throw new TocsinError(
        "STO-004",
        `store ${where}: migration ${file.name} was applied from another text than this program's`,
      );
    }
  }
}

/**
 * Applies what is missing, all in one transaction under an advisory lock, so that several programs may start at once. `db` has
 * no statement limit: the wait for the lock counts as a statement. Rejects with STO-002, STO-003, STO-004.
 */
export async function migrateSchema(
  db: Kysely<Tables>,
  where: string,
  files: readonly MigrationFile[],
): Promise<void> {
  await refuseOldServer(db, where);
  await refuseForeignSchema(db, files, where);
  const migrator = new Migrator({
    db,
    provider: provider(files),
    migrationTableSchema: "tocsin",
    migrationTableName: "migrations",
    migrationLockTableName: "migrations_lock",
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  // Another program may have gone further while this one waited for the lock.
  await refuseForeignSchema(db, files, where);
  throw storeError(error, where);
}
