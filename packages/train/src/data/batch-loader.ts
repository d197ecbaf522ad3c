import { IsometryError, type PixelSpec, type SerializedError } from '@isometry/core';
import type { AugmentationConfig } from '../augment/augmentation-config.ts';
import { createBatchMaker, type BatchRequest, type BatchSetting } from './make-batch.ts';
import { assertIndex, type PixelStore } from './pixel-store.ts';
import { startBatchWorker } from './start-batch-worker.ts';

export interface OpenBatchLoaderOptions {
  /** Of the store's size; its mean and std are applied. */
  readonly pixels: PixelSpec;
  /** What a request with a seed does to its images. @defaultValue nothing */
  readonly augmentation?: AugmentationConfig | undefined;
}

/** Makes batches in a thread of its own, while TensorFlow holds this one. */
export interface BatchLoader {
  /**
   * Starts on a batch at once, or when those before it are done: call it before the step that runs
   * meanwhile. The same request gives the same bits. A promise that nobody awaits may fail unseen.
   * @returns `[N, H, W, 3]`, normalised by the pixel contract's table
   * @throws `OPTION_INVALID` for an index that is not in the store, `FILE_READ_FAILED`,
   *   `WORKER_FAILED`, `ABORTED` when the loader is closed before the batch is there
   */
  load(request: BatchRequest): Promise<Float32Array>;
  /** Ends the thread. The store stays open. Safe to call twice. */
  close(): Promise<void>;
}

/** What the worker says to one request. */
export type BatchAnswer = { readonly id: number } & (
  { readonly batch: Float32Array<ArrayBuffer> } | { readonly error: SerializedError }
);

interface Waiting {
  readonly resolve: (batch: Float32Array) => void;
  readonly reject: (error: IsometryError) => void;
}

/**
 * Opens a loader on a store to which no image will be added any more. Its thread keeps the process alive
 * only while a batch is awaited.
 * @throws `OPTION_INVALID` when the spec's size is not the store's, or the augmentation is out of range
 */
export function openBatchLoader(store: PixelStore, options: OpenBatchLoaderOptions): BatchLoader {
  const { pixels, augmentation } = options;
  const setting: BatchSetting = { source: store.source, pixels, augmentation };
  // Here, where it can be thrown: in the thread it would be a crash.
  createBatchMaker(setting).close();
  const worker = startBatchWorker(setting);
  const waiting = new Map<number, Waiting>();
  let ended: IsometryError | undefined;
  let asked = 0;
  const end = (error: IsometryError): void => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
    worker.unref();
  };
  worker.unref();
  worker.on('message', (answer: BatchAnswer) => {
    const one = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (waiting.size === 0) worker.unref();
    if ('batch' in answer) one?.resolve(answer.batch);
    else one?.reject(fromSerialized(answer.error));
  });
  worker.on('error', (cause) => end(crashed(cause)));
  worker.on('messageerror', (cause) => end(crashed(cause)));
  worker.on('exit', (status) => end(crashed(`it ended with status ${status}`)));
  return {
    load: (request) => {
      const batch = new Promise<Float32Array>((resolve, reject) => {
        for (const index of request.images) assertIndex(index, store.count);
        if (ended !== undefined) throw ended;
        asked += 1;
        waiting.set(asked, { resolve, reject });
        worker.ref();
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
        worker.postMessage({ id: asked, request });
      });
      // The caller may have been stopped by something else and never look: that is no unhandled rejection.
      batch.catch(() => undefined);
      return batch;
    },
    close: async () => {
      end(new IsometryError('ABORTED', 'The batch loader was closed.'));
      await worker.terminate();
    },
  };
}

function crashed(cause: unknown): IsometryError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new IsometryError('WORKER_FAILED', `The thread that makes batches failed: ${reason}`, {
    hint: 'Check that the machine has memory to spare, and resume the run.',
    cause,
  });
}

function fromSerialized({ code, message, hint, details }: SerializedError): IsometryError {
  return new IsometryError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    ...(details === undefined ? {} : { details }),
  });
}
