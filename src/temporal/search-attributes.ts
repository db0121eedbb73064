/** Makes sure that the namespace knows Tocsin's search attributes; an upsert of an unknown one would wedge a workflow for ever. */

import type { Connection } from "@temporalio/client";
import type { temporal } from "@temporalio/proto";

import { searchAttributes } from "../../workflows/search-attributes.js";

type Kind = temporal.api.enums.v1.IndexedValueType;

/** The API's numbers, written out because the package that names them cannot be imported by name from ES modules. */
const KEYWORD: Kind = 2;
const INT: Kind = 3;

/** Every name with its kind on the server. */
const WANTED: Readonly<Record<string, Kind>> = Object.fromEntries(
  Object.values(searchAttributes).map(({ name, type }) => [name, type === "INT" ? INT : KEYWORD]),
);

/** The names the namespace does not know, with the kind we need. */
export async function missingSearchAttributes(
  connection: Connection,
  namespace: string,
): Promise<readonly string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return Object.keys(WANTED).filter((name) => customAttributes[name] !== WANTED[name]);
}

/** Registers what is missing where it may; resolves to whether all are there. Never rejects: without them everything else works. */
export async function ensureSearchAttributes(
  connection: Connection,
  namespace: string,
  log: (line: string) => void,
): Promise<boolean> {
  try {
    const missing = await missingSearchAttributes(connection, namespace);
    if (missing.length === 0) return true;
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, WANTED[name] ?? KEYWORD])),
    });
    return (await missingSearchAttributes(connection, namespace)).length === 0;
  } catch (error) {
    log(`search attributes are not available, the Temporal UI's filters will not work: ${String(error)}`);
    return false;
  }
}
