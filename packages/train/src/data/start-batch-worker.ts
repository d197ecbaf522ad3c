import { Worker } from 'node:worker_threads';
import type { BatchSetting } from './make-batch.ts';

/** Starts `batch-worker`, which lies beside this file: built, or as a source that needs tsx to run. */
export function startBatchWorker(workerData: BatchSetting): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./batch-worker.js', import.meta.url), { workerData, execArgv: [] });
  }
  // Node 20 runs no `--import` in a worker's execArgv: tsx registers itself in the thread's first module.
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const file = JSON.stringify(new URL('./batch-worker.ts', import.meta.url).href);
  const first = `import { register } from ${tsx}; register(); await import(${file});`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(first)}`), {
    workerData,
    execArgv: ['--conditions=@isometry/source'],
  });
}
