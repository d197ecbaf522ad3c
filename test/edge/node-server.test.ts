import { EventEmitter, once } from 'node:events';
import { request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import {
  createClassifier,
  IsometryError,
  type Classifier,
  type ModelSession,
} from '@isometry/core';
import { createEdgeApp, type AnswerJson, type CreateEdgeAppOptions } from '@isometry/edge';
import { createImageDecoder } from '@isometry/pixels';
import { loadClassifier } from '@isometry/runtime-node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readGoldenImage } from '../parity/golden-images.ts';
import { testModelPath } from '../parity/model.ts';

const JPEG = readGoldenImage('jpeg-420.jpg');

let classifier: Classifier;
const servers: Server[] = [];

beforeAll(async () => {
  classifier = await loadClassifier(testModelPath());
});

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

afterAll(() => classifier?.close());

/** Serves an app on a free port, as `isometry serve` does. */
async function listen(options: Partial<CreateEdgeAppOptions> = {}): Promise<string> {
  const app = createEdgeApp({ classifier, ...options });
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
  servers.push(server);
  if (!server.listening) await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('the edge app on Node', () => {
  it('answers a JPEG as the classifier does', async () => {
    const address = await listen();
    const response = await fetch(`${address}/v1/classify`, {
      method: 'POST',
      body: JPEG.slice().buffer,
      headers: { 'Content-Type': 'image/jpeg' },
    });
    const answer = (await response.json()) as AnswerJson;
    const expected = await classifier.classify(JPEG);
    expect(response.status).toBe(200);
    expect(answer).toMatchObject({
      label: expected.label,
      predictions: expected.predictions,
      embedding: [...expected.embedding],
      provider: 'cpu',
      model_digest: expected.modelDigest,
    });
    expect(answer.timings.model_ms).toBeGreaterThan(0);
  });

  it('is ready with a model whose canary comes out right', async () => {
    const address = await listen();
    const response = await fetch(`${address}/health/ready`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: 'ready', provider: 'cpu' });
  });

  it('refuses an endless body of unknown length while it is being sent', async () => {
    const address = await listen({ limits: { maxBodyBytes: 100_000 } });
    const sending = request(`${address}/v1/classify`, {
      method: 'POST',
      headers: { 'Transfer-Encoding': 'chunked', 'Content-Type': 'image/jpeg' },
    });
    sending.on('error', () => undefined);
    let sent = 0;
    const pump = (): void => {
      while (!sending.destroyed && sent < 100_000_000) {
        sent += 10_000;
        if (!sending.write(new Uint8Array(10_000))) {
          sending.once('drain', pump);
          return;
        }
      }
    };
    pump();
    const [response] = (await once(sending, 'response')) as [{ statusCode: number }];
    sending.destroy();
    expect(response.statusCode).toBe(413);
    // What was under way in the sockets' buffers; without the limit it would have been all of it.
    expect(sent).toBeLessThan(50_000_000);
  });

  it('tells the classifier when the client has gone', async () => {
    const events = new EventEmitter();
    const session: ModelSession = {
      provider: 'cpu',
      outputNames: classifier.outputNames,
      run: (_feeds, _outputs, { signal } = {}) =>
        new Promise((_resolve, reject) => {
          events.emit('run');
          signal?.addEventListener('abort', () => {
            events.emit('abort');
            reject(new IsometryError('ABORTED', 'The operation was aborted.'));
          });
        }),
      close: () => Promise.resolve(),
    };
    const { manifest, modelDigest } = classifier;
    const decode = createImageDecoder();
    const address = await listen({
      classifier: createClassifier({ manifest, modelDigest, session, decode }),
    });
    const running = once(events, 'run');
    const aborted = once(events, 'abort');
    const sending = request(`${address}/v1/classify`, { method: 'POST' });
    sending.on('error', () => undefined);
    sending.end(JPEG);
    await running;
    sending.destroy();
    await expect(aborted).resolves.toEqual([]);
  });
});
