/** The longest that a timer of Node waits, some 25 days; a longer one would fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** Aborts after some seconds, as many as you like; never without a number. Keeps no process alive. */
export function createDeadline(seconds: number | undefined): AbortSignal {
  const controller = new AbortController();
  const arm = (leftMs: number): void => {
    const wait = Math.min(leftMs, LONGEST_MS);
    setTimeout(() => {
      if (leftMs > wait) arm(leftMs - wait);
      else controller.abort();
    }, wait).unref();
  };
  if (seconds !== undefined) arm(Math.max(0, Math.ceil(seconds * 1000)));
  return controller.signal;
}
