/** What a person or a service manager can tell a running `up`: stop, stop at once, read the file again. */

export interface UpSignals {
  /** Aborts at the first SIGINT or SIGTERM, or when the terminal is gone. */
  readonly stop: AbortSignal;
  /** Resolves once `stop` aborts. */
  readonly stopped: Promise<void>;
  /** Takes the handlers away. */
  close(): void;
}

export interface UpHandlers {
  /** A second SIGINT or SIGTERM. */
  readonly force: () => void;
  /** SIGHUP. */
  readonly again: () => void;
}

const ENDING = ["SIGINT", "SIGTERM"] as const;

/** Listens until `close`. */
export function listenToSignals({ force, again }: UpHandlers): UpSignals {
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener("abort", () => resolve()));
  const end = (): void => {
    if (stopping.signal.aborted) force();
    else stopping.abort();
  };
  const streams = [process.stdout, process.stderr];
  // Who reads along may go (`| head -1`) without ending what runs; a terminal that is gone ends it, as it ends any program.
  const broken = ({ code }: NodeJS.ErrnoException): void => {
    if (code === "EIO" && !stopping.signal.aborted) stopping.abort();
  };
  for (const stream of streams) {
    stream.removeAllListeners("error");
    stream.on("error", broken);
  }
  for (const name of ENDING) process.on(name, end);
  process.on("SIGHUP", again);
  return {
    stop: stopping.signal,
    stopped,
    close: () => {
      for (const name of ENDING) process.off(name, end);
      process.off("SIGHUP", again);
    },
  };
}
