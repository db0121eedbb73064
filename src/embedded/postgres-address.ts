/** How an embedded server is reached: its connection string, and what answers there. */

import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { Client } from "pg";
import { TocsinError } from "../errors.js";
import { errorCode, errorText } from "../lib/error-code.js";
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

/** What a server says when it is asked for its data folder. */
export type Answer =
  | { readonly kind: "serving"; readonly dataDir: string }
  /** Nothing there, or not yet: no listener, starting up, shutting down, all connections taken. */
  | { readonly kind: "silent" }
  /** It lives and will not serve us: its databases are missing, or it is another server. */
  | { readonly kind: "refusing"; readonly why: string };

/** SQLSTATE classes of a server that answers for good, unlike operator intervention (57) and lack of resources (53). */
const FOR_GOOD = /^(28|3D|42|58|XX)...$/;

function answerOf(error: unknown): Answer {
  const code = errorCode(error);
  return FOR_GOOD.test(code ?? "") ? { kind: "refusing", why: errorText(error) } : { kind: "silent" };
}

/** Asks the server at this address, for two seconds at most. Never rejects. */
export async function askServer(address: ServerAddress): Promise<Answer> {
  const client = new Client({
    connectionString: connectionStringOf(address),
    connectionTimeoutMillis: ANSWER_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
  });
  let breaks = (): void => undefined;
  const broken = new Promise<Answer>((resolve) => (breaks = () => resolve({ kind: "silent" })));
  client.on("error", breaks);
  const asked = client
    .connect()
    .then(() => client.query<{ data_directory: string }>("show data_directory"))
    .then(({ rows }): Answer => ({ kind: "serving", dataDir: rows[0]?.data_directory ?? "" }), answerOf);
  const answer = await Promise.race([asked, broken]);
  client.end().catch(breaks);
  return answer;
}
