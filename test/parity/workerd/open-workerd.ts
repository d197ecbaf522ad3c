import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Miniflare } from 'miniflare';
import { bundleWorker } from '../../edge/bundle-worker.ts';
import { startWorker } from '../../edge/start-worker.ts';
import { connectEngine } from '../runners/connect-engine.ts';
import type { RuntimeUnderTest } from '../runtime-under-test.ts';

export interface WorkerdUnderTest extends RuntimeUnderTest {
  /** Whether `WebAssembly.instantiate` is the function that the isolate started with. */
  instantiateIsOriginal(): Promise<boolean>;
}

const ADDRESS = 'http://worker/';

/**
 * Starts an isolate of the real workerd, in which `@isometry/edge/workerd` loads what it is sent.
 * `dispose` fails when it printed something.
 */
export async function openWorkerd(): Promise<WorkerdUnderTest> {
  const entry = fileURLToPath(new URL('engine-worker.ts', import.meta.url));
  const { worker, printed } = await startWorker(await bundleWorker(entry), {
    compatibilityDate: '2026-04-01',
  });
  const engine = connectEngine({
    name: 'workerd',
    send: createSender(worker),
    dispose: async () => {
      await worker.dispose();
      if (printed.length > 0) throw new Error(`workerd printed ${printed.join('; ')}`);
    },
  });
  return {
    ...engine,
    instantiateIsOriginal: async () => {
      const response = await worker.dispatchFetch(`${ADDRESS}instantiate`);
      return ((await response.json()) as { isOriginal: boolean }).isOriginal;
    },
  };
}

/**
 * Calls made together travel in one request, because requests overtake each other: a `close` must not
 * arrive before the `classify` that was called first.
 */
function createSender(worker: Miniflare): (call: string) => Promise<string> {
  let calls: string[] = [];
  let replies: Promise<readonly string[]> | undefined;
  const flush = async (): Promise<readonly string[]> => {
    // What else is called in this turn of the event loop joins in.
    await setImmediate();
    const body = JSON.stringify(calls);
    calls = [];
    replies = undefined;
    const response = await worker.dispatchFetch(ADDRESS, { method: 'POST', body });
    return (await response.json()) as readonly string[];
  };
  return async (call) => {
    const index = calls.push(call) - 1;
    replies ??= flush();
    return (await replies)[index] ?? '';
  };
}
