import { setImmediate } from 'node:timers/promises';
import { throwIfAborted, type Steps } from '@isometry/core';

/** Milliseconds after which others get their turn: keys, timers, the heartbeat of a lock. */
const LONGEST_TURN = 50;

export interface TakeStepsOptions {
  readonly signal?: AbortSignal | undefined;
  /** Now and then: what the computation says is done. */
  readonly onStep?: ((done: number) => void) | undefined;
}

/** Takes the steps of a long computation, and lets the event loop run between them. @throws `ABORTED` */
export async function takeSteps<Result>(
  steps: Steps<Result>,
  { signal, onStep }: TakeStepsOptions,
): Promise<Result> {
  await letOthersRun(signal);
  let since = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - since < LONGEST_TURN) continue;
    onStep?.(step.value);
    // One after the other is the point of it.
    await letOthersRun(signal); // oxlint-disable-line no-await-in-loop
    since = performance.now();
  }
}

/** @throws `ABORTED` when one of them aborts the signal */
export async function letOthersRun(signal: AbortSignal | undefined): Promise<void> {
  throwIfAborted(signal);
  await setImmediate();
  throwIfAborted(signal);
}
