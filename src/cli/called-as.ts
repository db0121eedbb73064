/** How the person calls the program: a checkout has `scripts/tocsin` and `scripts/up`, an installed package has `tocsin` on PATH. */

import { posix } from "node:path";

import type { Io } from "./io.js";

type Environment = Io["env"];

/** A command as it is to be typed. The checkout's scripts name themselves in TOCSIN_AS. */
export function called(command: string, env: Environment): string {
  const as = env.TOCSIN_AS ?? "";
  if (as === "") return `tocsin ${command}`;
  return command === "up" ? posix.join(posix.dirname(as), "up") : `${as} ${command}`;
}

/** A text in which commands are named `tocsin <command>`, for this person. */
export function asCalled(text: string, env: Environment): string {
  return text.replace(/\btocsin ([a-z]+)\b/g, (_, command: string) => called(command, env));
}
