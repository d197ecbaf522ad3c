import { IsometryError, type Classifier, type Health } from '@isometry/core';
import type { Hono } from 'hono';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createEdgeApp } from './create-edge-app.ts';
import { fakeClassifier, IMAGE } from './fake-classifier.case.ts';
import { HEALTH_TTL_MS } from './health-routes.ts';

async function probe(app: Hono, path: 'live' | 'ready'): Promise<[number, unknown]> {
  const response = await app.request(`/health/${path}`);
  return [response.status, await response.json()];
}

const READY = [
  200,
  { status: 'ready', provider: 'wasm', model: 'fake', model_digest: 'ab'.repeat(32) },
];

afterEach(() => {
  vi.useRealTimers();
});

describe('health', () => {
  it('is live and not ready while the model loads, then ready', async () => {
    const gate = new EventTarget();
    const classifier = new Promise<Classifier>((resolve) => {
      gate.addEventListener('loaded', () => resolve(fakeClassifier()));
    });
    const app = createEdgeApp({ classifier });
    expect(await probe(app, 'live')).toEqual([200, { status: 'live' }]);
    expect(await probe(app, 'ready')).toEqual([503, { status: 'loading' }]);
    const answer = app.request('/v1/classify', { method: 'POST', body: IMAGE });
    gate.dispatchEvent(new Event('loaded'));
    expect((await answer).status).toBe(200);
    expect(await probe(app, 'ready')).toEqual(READY);
  });

  it('calls a loader once, at the first probe', async () => {
    const load = vi.fn<() => Promise<Classifier>>().mockResolvedValue(fakeClassifier());
    const app = createEdgeApp({ classifier: load });
    await probe(app, 'live');
    expect(load).not.toHaveBeenCalled();
    await probe(app, 'ready');
    expect(await probe(app, 'ready')).toEqual(READY);
    expect(load).toHaveBeenCalledOnce();
  });

  it('keeps a Worker alive until the model is loaded', async () => {
    const app = createEdgeApp({ classifier: () => Promise.resolve(fakeClassifier()) });
    const kept: Promise<unknown>[] = [];
    const context = {
      waitUntil: (work: Promise<unknown>) => void kept.push(work),
      passThroughOnException: () => undefined,
      props: {},
    };
    await app.request('/health/ready', {}, {}, context);
    expect(kept).toHaveLength(1);
    await kept[0];
    expect(await probe(app, 'ready')).toEqual(READY);
  });

  it('says by its code why loading failed, tells the operator, and tries again', async () => {
    const failure = new IsometryError('FILE_NOT_FOUND', 'There is no /secret/model.onnx.');
    const load = vi
      .fn<() => Promise<Classifier>>()
      .mockRejectedValueOnce(failure)
      .mockResolvedValue(fakeClassifier());
    const reported: unknown[] = [];
    const app = createEdgeApp({
      classifier: load,
      onInternalError: (error) => reported.push(error),
    });
    const response = await app.request('/v1/classify', { method: 'POST', body: IMAGE });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
    expect(await probe(app, 'ready')).toEqual([
      503,
      { status: 'failed', reason: 'FILE_NOT_FOUND' },
    ]);
    expect(reported).toEqual([failure]);
    expect(await probe(app, 'ready')).toEqual(READY);
  });

  it('stays failed when a promise was given and rejected', async () => {
    const app = createEdgeApp({ classifier: Promise.reject(new TypeError('no')) });
    await Promise.resolve();
    expect((await probe(app, 'live'))[0]).toBe(200);
    await probe(app, 'ready');
    expect(await probe(app, 'ready')).toEqual([503, { status: 'failed', reason: 'unknown' }]);
  });

  it('is not ready when the canary comes out wrong, and asks again after a while', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const health = vi
      .fn<() => Promise<Health>>()
      .mockResolvedValueOnce({ ok: false, provider: 'wasm', reason: 'other pixels' })
      .mockResolvedValue({ ok: true, provider: 'wasm' });
    const app = createEdgeApp({ classifier: fakeClassifier({ health }) });
    await probe(app, 'ready');
    expect(await probe(app, 'ready')).toMatchObject([
      503,
      { status: 'unhealthy', reason: 'other pixels' },
    ]);
    expect(health).toHaveBeenCalledOnce();
    vi.setSystemTime(Date.now() + HEALTH_TTL_MS);
    expect(await probe(app, 'ready')).toEqual(READY);
  });

  it('runs the canary once for probes that come at once', async () => {
    const health = vi
      .fn<() => Promise<Health>>()
      .mockImplementation(() => Promise.resolve({ ok: true, provider: 'wasm' }));
    const app = createEdgeApp({ classifier: fakeClassifier({ health }) });
    await probe(app, 'ready');
    const probes = Array.from({ length: 5 }, () => probe(app, 'ready'));
    expect(await Promise.all(probes)).toEqual(probes.map(() => READY));
    expect(health).toHaveBeenCalledOnce();
  });

  it('is not ready when the canary cannot run', async () => {
    const failure = new IsometryError('CLASSIFIER_CLOSED', 'The classifier has been closed.');
    const reported: unknown[] = [];
    const app = createEdgeApp({
      classifier: fakeClassifier({ health: () => Promise.reject(failure) }),
      onInternalError: (error) => reported.push(error),
    });
    await probe(app, 'ready');
    expect(await probe(app, 'ready')).toMatchObject([
      503,
      { status: 'unhealthy', reason: 'CLASSIFIER_CLOSED' },
    ]);
    expect(reported).toEqual([failure]);
  });
});
