import { parentPort, workerData } from 'node:worker_threads';
import { isIsometryError } from '@isometry/core';
import { createBatchMaker, type BatchRequest, type BatchSetting } from './make-batch.ts';
import type { BatchAnswer } from './batch-loader.ts';

// The thread of a batch loader: requests come in, floats go out, in the same order. What is no
// IsometryError ends the thread, and the loader tells its caller.

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- batch-loader.ts on the other side
const maker = createBatchMaker(workerData as BatchSetting);

parentPort?.on('message', ({ id, request }: { id: number; request: BatchRequest }) => {
  try {
    const batch = maker.make(request);
    const answer: BatchAnswer = { id, batch };
    parentPort?.postMessage(answer, [batch.buffer]);
  } catch (error) {
    if (!isIsometryError(error)) throw error;
    const answer: BatchAnswer = { id, error: error.toJSON() };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    parentPort?.postMessage(answer);
  }
});
