#!/usr/bin/env node
/** The `tocsin` command: hands the process's arguments and streams to the command tree. */

import { EXIT } from "../errors.js";
import { processIo } from "./io.js";
import { runProgram } from "./program.js";

// `tocsin alerts | head` closes the pipe while there is more to say: that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.ok);
  throw error;
});

const argv = process.argv.slice(2);
const code = await runProgram(argv, processIo(argv));
// What a failed command had opened must not keep a process alive that does nothing any more: nobody would start it again.
if (code !== EXIT.ok) {
  await Promise.all([process.stdout, process.stderr].map(written));
  process.exit(code);
}

/** Resolves once everything that was written to the stream has left. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}
