import { fileURLToPath } from 'node:url';
import { bundleWorker } from '../../edge/bundle-worker.ts';
import { startWorker } from '../../edge/start-worker.ts';
import { connectEngine } from '../runners/connect-engine.ts';
import type { RuntimeUnderTest } from '../runtime-under-test.ts';

export interface WorkerdUnderTest extends RuntimeUnderTest {
  /** Whether `WebAssembly.instantiate` is the function that the isolate started with. */
  instantiateIsOriginal(): Promise<boolean>;
}

/** Starts an isolate of the real workerd, in which `@isometry/edge/workerd` loads what it is sent. `dispose` fails when it printed something. */
export async function openWorkerd(): Promise<WorkerdUnderTest> {
  const entry = fileURLToPath(new URL('engine-worker.ts', import.meta.url));
  const { worker, printed } = await startWorker(await bundleWorker(entry), {
    compatibilityDate: '2026-04-01',
  });
  const address = 'http://worker/';
  const engine = connectEngine({
    name: 'workerd',
    send: async (body) => (await worker.dispatchFetch(address, { method: 'POST', body })).text(),
    dispose: async () => {
      await worker.dispose();
      if (printed.length > 0) throw new Error(`workerd printed ${printed.join('; ')}`);
    },
  });
  return {
    ...engine,
    instantiateIsOriginal: async () => {
      const response = await worker.dispatchFetch(`${address}instantiate`);
      return ((await response.json()) as { isOriginal: boolean }).isOriginal;
    },
  };
}
