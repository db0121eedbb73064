/** Prints the path of a Temporal CLI, fetching one where there is none; says on standard error what it does. */

import { findTemporal, hereWith } from "../src/embedded/binaries.js";
import { processIo } from "../src/cli/io.js";
import { printFailure } from "../src/cli/output/failure.js";
import { terminalProgress } from "../src/cli/up/terminal-progress.js";

const io = processIo(process.argv.slice(2));
const progress = terminalProgress(io, (text) => io.err(`${text}\n`));

try {
  const { path } = await findTemporal(hereWith(process.env, progress));
  io.out(`${path}\n`);
} catch (error) {
  process.exitCode = printFailure(io, error, false);
}
