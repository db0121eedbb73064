/** Makes sure that the namespace knows Tocsin's search attributes; an upsert of an unknown one would wedge a workflow for ever. */

import type { Connection } from "@temporalio/client";
// Only the default import works from ES modules: the package is CommonJS that Node cannot read names from.
import proto from "@temporalio/proto";

import { searchAttributes } from "../../workflows/search-attributes.js";

const { IndexedValueType } = proto.temporal.api.enums.v1;
type Kind = proto.temporal.api.enums.v1.IndexedValueType;

/** Every name with its kind on the server. */
const WANTED: Readonly<Record<string, Kind>> = Object.fromEntries(
  Object.values(searchAttributes).map(({ name, type }) => [
    name,
    type === "INT" ? IndexedValueType.INDEXED_VALUE_TYPE_INT : IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  ]),
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
      searchAttributes: Object.fromEntries(
        missing.map((name) => [name, WANTED[name] ?? IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD]),
      ),
    });
    return (await missingSearchAttributes(connection, namespace)).length === 0;
  } catch (error) {
    log(`search attributes are not available, the Temporal UI's filters will not work: ${String(error)}`);
    return false;
  }
}
