import { once, EventEmitter } from 'node:events';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { AnswerJson } from '@isometry/edge';
import { Response } from 'miniflare';
import { afterEach, describe, expect, it } from 'vitest';
import { readGoldenImage } from '../parity/golden-images.ts';
import { readTestModel } from '../parity/model.ts';
import { bundleWorker } from './bundle-worker.ts';
import { startWorker, type StartedWorker } from './start-worker.ts';

const ENTRY = fileURLToPath(new URL('remote-model-worker.ts', import.meta.url));
const JPEG = readGoldenImage('jpeg-420.jpg');

let started: StartedWorker | undefined;

afterEach(async () => {
  await started?.worker.dispose();
});

describe('a Worker that fetches its model', () => {
  it.each(['POST /v1/classify', 'GET /health/ready'])(
    'loads it once, even when the %s that began it is given up',
    async (route) => {
      const model = await readTestModel();
      const events = new EventEmitter();
      let fetched = 0;
      started = await startWorker(await bundleWorker(ENTRY), {
        compatibilityDate: '2026-04-01',
        serviceBindings: {
          MODELS: async () => {
            fetched++;
            const given = once(events, 'give');
            events.emit('fetch');
            await given;
            return new Response(model.slice());
          },
        },
      });
      const { origin } = await started.worker.ready;
      const fetching = once(events, 'fetch');
      const [method, path] = route.split(' ') as [string, string];
      const leaving = request(`${origin}${path}`, { method });
      leaving.on('error', () => undefined);
      leaving.end(method === 'POST' ? JPEG : undefined);
      await fetching;
      leaving.destroy();
      // workerd has to notice that the client is gone before the model arrives.
      await sleep(200);
      events.emit('give');
      const response = await fetch(`${origin}/v1/classify`, {
        method: 'POST',
        body: JPEG.slice().buffer,
        signal: AbortSignal.timeout(20_000),
      });
      expect(response.status).toBe(200);
      expect(((await response.json()) as AnswerJson).provider).toBe('wasm');
      expect(fetched).toBe(1);
      expect(started.printed).toEqual([]);
    },
  );
});
