/** When a long-running command has to end: a signal, or, for a child of `up`, its parent's death. */

/** Calls `stop` once. `supervised`: standard input is a pipe from the parent, and its end is the parent's. */
export function onStop(supervised: boolean, stop: () => void): void {
  let stopped = false;
  const once = (): void => {
    if (stopped) return;
    stopped = true;
    // An open pipe would keep the process alive after everything else has ended.
    if (supervised) process.stdin.destroy();
    stop();
  };
  process.on("SIGTERM", once);
  process.on("SIGINT", once);
  if (!supervised) return;
  process.stdin.on("end", once);
  process.stdin.on("close", once);
  process.stdin.resume();
}
