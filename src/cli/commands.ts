/** Every command there is, in the order in which the help shows them. */

import { registerDemo } from "./commands/demo.js";
import type { Register } from "./session.js";

type Group = readonly [heading: string, commands: readonly Register[]];

export const COMMANDS: readonly Group[] = [["Run:", [registerDemo]]];
