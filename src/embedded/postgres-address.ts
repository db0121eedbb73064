/** How an embedded server is reached: its connection string, and whether it answers there. */

import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { Client } from "pg";
import { TocsinError } from "../errors.js";
import { DATABASE } from "./postgres-cluster.js";

/** A socket's folder, or a port of the loopback address with a password. */
export type ServerAddress =
  | { readonly kind: "socket"; readonly socketDir: string; readonly port: number }
  | { readonly kind: "loopback"; readonly port: number; readonly password: string };

const LOOPBACK = "127.0.0.1";
const ANSWER_TIMEOUT_MS = 2_000;

export function connectionStringOf(address: ServerAddress): string {
  switch (address.kind) {
    case "socket": {
      const host = encodeURIComponent(address.socketDir);
      return `postgresql:///${DATABASE}?host=${host}&port=${address.port}&user=${DATABASE}`;
    }
    case "loopback":
      return `postgresql://${DATABASE}:${address.password}@${LOOPBACK}:${address.port}/${DATABASE}`;
  }
}

/** `-c` settings that make the server listen there and nowhere else. */
export function listenSettings(address: ServerAddress): readonly string[] {
  switch (address.kind) {
    case "socket": {
      const quoted = `"${address.socketDir.replaceAll('"', '""')}"`;
      return [
        `port=${address.port}`,
        "listen_addresses=",
        `unix_socket_directories=${quoted}`,
        "unix_socket_permissions=0700",
      ];
    }
    case "loopback":
      return [`port=${address.port}`, `listen_addresses=${LOOPBACK}`, "unix_socket_directories="];
  }
}

/** A port of the loopback address that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, LOOPBACK, () => {
      const address = probe.address();
      probe.close(() => {
        if (address === null || typeof address === "string") reject(new Error("no port was given"));
        else resolve(address.port);
      });
    });
  });
}

/** The password that the data folder was made with. Rejects with STO-022 when its file is gone. */
export async function readPassword(folder: string): Promise<string> {
  const path = join(folder, "password");
  return readFile(path, "utf8").catch((error: unknown) => {
    throw new TocsinError("STO-022", `the server's password cannot be read from ${path}`, { cause: error });
  });
}

/** The data folder that the server at this address serves; undefined when nothing answers there in time. */
export async function answeringDataDir(address: ServerAddress): Promise<string | undefined> {
  const client = new Client({
    connectionString: connectionStringOf(address),
    connectionTimeoutMillis: ANSWER_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
  });
  let breaks = (): void => undefined;
  const broken = new Promise<undefined>((resolve) => (breaks = () => resolve(undefined)));
  client.on("error", breaks);
  const asked = client
    .connect()
    .then(() => client.query<{ data_directory: string }>("show data_directory"))
    .then(
      (result) => result.rows[0]?.data_directory,
      () => undefined,
    );
  const served = await Promise.race([asked, broken]);
  client.end().catch(breaks);
  return served;
}
