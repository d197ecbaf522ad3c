import { setImmediate } from 'node:timers/promises';
import { throwIfAborted } from '@isometry/core';

/** Milliseconds after which others get their turn. */
const LONGEST_TURN = 20;

/** A function for loops to await: lets the event loop run now and then, and throws `ABORTED` when the caller aborts. */
export function createPause(signal: AbortSignal | undefined): () => Promise<void> {
  let since = performance.now();
  return async () => {
    throwIfAborted(signal);
    if (performance.now() - since < LONGEST_TURN) return;
    await setImmediate();
    since = performance.now();
    throwIfAborted(signal);
  };
}
