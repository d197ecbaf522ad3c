import { throwIfAborted } from './errors.ts';

/** Runs tasks one after the other, in the order in which they came. */
export type SerialQueue = <Result>(
  task: () => Promise<Result>,
  options?: { readonly signal?: AbortSignal | undefined },
) => Promise<Result>;

/**
 * Makes a queue for a resource that does one thing at a time, such as ONNX Runtime's WebAssembly. A
 * task that fails rejects its own promise only; a task whose signal is aborted while it waits is
 * never started and rejects with `ABORTED` when its turn comes.
 */
export function createSerialQueue(): SerialQueue {
  let last: Promise<unknown> = Promise.resolve();
  return (task, options) => {
    const running = last.then(() => {
      throwIfAborted(options?.signal);
      return task();
    });
    // The chain must not carry a failure: the next task would reject without having run.
    last = running.catch(() => undefined);
    return running;
  };
}
