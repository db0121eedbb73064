/** Stack traces of workflow code in terms of its sources instead of its bundle. */

import { SourceMap, type SourceMapPayload } from "node:module";

/** The stack of `error` with every place inside the bundle named by its source file and line. */
export function sourceStack(error: Error, bundleCode: string, bundleFile: string): string {
  const map = new SourceMap(inlineSourceMap(bundleCode));
  const place = new RegExp(`${bundleFile.replaceAll(".", "\\.")}:(\\d+):(\\d+)`, "g");
  return (error.stack ?? error.message).replace(place, (whole, line: string, column: string) => {
    const origin = map.findEntry(Number(line) - 1, Number(column) - 1);
    if (!("originalSource" in origin)) return whole;
    return `${origin.originalSource}:${String(origin.originalLine + 1)}:${String(origin.originalColumn + 1)}`;
  });
}

function inlineSourceMap(code: string): SourceMapPayload {
  const marker = "base64,";
  const encoded = code.slice(code.lastIndexOf(marker) + marker.length).trimEnd();
  return JSON.parse(Buffer.from(encoded, "base64").toString()) as SourceMapPayload;
}
