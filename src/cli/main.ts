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
// Commands that run until they are stopped set their own.
if (code !== EXIT.ok) process.exitCode = code;
