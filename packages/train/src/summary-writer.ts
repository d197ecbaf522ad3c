import type { Tensor } from '@tensorflow/tfjs-node';
import type { Tfjs } from './tfjs.ts';

/** One file of TensorBoard events. */
export interface SummaryWriter {
  scalar(tag: string, value: number, step: number): void;
  /** Puts on the disk what was written. */
  flush(): void;
  /** Flushes, closes the file and frees the writer. Nothing may be called afterwards. */
  close(): void;
}

/** The part of tfjs-node's backend that writes TensorBoard events: `tf.backend()` is typed as any backend. */
interface SummaryBackend {
  summaryWriter(name: string): Tensor;
  createSummaryFileWriter(handle: Tensor, folder: string): void;
  writeScalarSummary(handle: Tensor, step: number, tag: string, value: number): void;
  flushSummaryWriter(handle: Tensor): void;
  executeMultipleOutputs(
    name: 'CloseSummaryWriter',
    attributes: readonly [],
    inputs: readonly [Tensor],
    outputs: 0,
  ): unknown;
}

/** A writer's name lives as long as the writer: no two that are open may share one, be it for one folder. */
let writers = 0;

/**
 * Starts a new events file in a folder that is there. In the place of tfjs-node's own `summaryFileWriter`, which
 * cannot be closed, leaves five tensors behind, and knows one writer a folder for as long as the process lives: for a
 * folder that was removed and made again it hands out the writer of the file that is gone.
 */
export function createSummaryWriter(tf: Tfjs, folder: string): SummaryWriter {
  const backend = tf.backend() as unknown as SummaryBackend;
  writers += 1;
  const name = `isometry-summary-${writers}`;
  const handle = tf.tidy(() => {
    const created = backend.summaryWriter(name);
    backend.createSummaryFileWriter(created, folder);
    return created;
  });
  return {
    scalar: (tag, value, step) => backend.writeScalarSummary(handle, step, tag, value),
    flush: () => backend.flushSummaryWriter(handle),
    close: () => {
      try {
        backend.executeMultipleOutputs('CloseSummaryWriter', [], [handle], 0);
      } finally {
        handle.dispose();
      }
    },
  };
}
