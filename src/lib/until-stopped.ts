/** Work that cannot be stopped, waited for only as long as somebody wants it. */

/** Undefined as soon as the signal is aborted; nothing is begun when it was before. Work that fails afterwards fails unheard. */
export async function untilStopped<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
  if (signal.aborted) return undefined;
  let stop = (): void => undefined;
  const stopped = new Promise<undefined>((resolve) => {
    stop = () => {
      resolve(undefined);
    };
  });
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work(), stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
