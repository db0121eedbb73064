/** Waits for an answer only so long. */

export const LATE: unique symbol = Symbol("late");

/** The answer, or `LATE` when it takes longer; then whatever becomes of it is nobody's error. */
export async function inTime<T>(answer: Promise<T>, ms: number): Promise<T | typeof LATE> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(resolve, ms, LATE);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
