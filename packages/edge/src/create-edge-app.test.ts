import { ERROR_CODES, IsometryError } from '@isometry/core';
import { describe, expect, it } from 'vitest';
import { createEdgeApp } from './create-edge-app.ts';
import { ERROR_STATUS } from './error-status.ts';
import { fakeClassifier, IMAGE } from './fake-classifier.case.ts';

const app = createEdgeApp({ classifier: fakeClassifier() });

describe('createEdgeApp', () => {
  it.each([
    ['/v1/classify', 'GET', 'POST'],
    ['/v1/classify', 'PUT', 'POST'],
    ['/health/live', 'POST', 'GET, HEAD'],
    ['/health/ready', 'DELETE', 'GET, HEAD'],
  ])('answers %s %s with 405 and Allow', async (path, method, allow) => {
    const response = await app.request(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('Allow')).toBe(allow);
    expect(await response.json()).toMatchObject({ code: 'REQUEST_METHOD_UNSUPPORTED' });
  });

  it('answers HEAD as GET, without the body', async () => {
    const response = await app.request('/health/live', { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  it.each(['/', '/v1', '/v1/classify/', '/v1/classify%00', '/..%2f'])(
    'answers %s with 404',
    async (path) => {
      const response = await app.request(path);
      expect(response.status).toBe(404);
      expect(response.headers.get('Content-Type')).toBe('application/problem+json');
      expect(await response.json()).toMatchObject({ code: 'REQUEST_NOT_FOUND', status: 404 });
    },
  );

  it('forbids caching and sniffing on every answer', async () => {
    const failing = createEdgeApp({
      classifier: fakeClassifier({ classify: () => Promise.reject(new TypeError('x')) }),
    });
    const post = { method: 'POST', body: IMAGE };
    const responses = await Promise.all([
      app.request('/health/live'),
      app.request('/v1/classify', post),
      app.request('/v1/classify'),
      app.request('/nowhere'),
      failing.request('/v1/classify', post),
    ]);
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 405, 404, 500]);
    for (const { headers } of responses) {
      expect(headers.get('Cache-Control')).toBe('no-store');
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    }
  });

  it.each([
    new TypeError('/secret/path'),
    new IsometryError('INFERENCE_FAILED', '/secret/path', { hint: '/secret/hint' }),
  ])('hides an internal error from the client and hands it to the operator', async (failure) => {
    const reported: unknown[] = [];
    const failing = createEdgeApp({
      classifier: fakeClassifier({ classify: () => Promise.reject(failure) }),
      onInternalError: (error) => reported.push(error),
    });
    const response = await failing.request('/v1/classify', { method: 'POST', body: IMAGE });
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toMatch(/secret|\.ts|at /);
    expect(JSON.parse(text)).toMatchObject({ status: 500 });
    expect(reported).toEqual([failure]);
  });

  it.each([{ maxBodyBytes: 0 }, { maxBodyBytes: Number.NaN }, { maxFiles: 1.5 }])(
    'refuses the limits %j',
    (limits) => {
      expect(() => createEdgeApp({ classifier: fakeClassifier(), limits })).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      );
    },
  );
});

describe('ERROR_STATUS', () => {
  it('blames the client for what a client can cause and nothing else', () => {
    const codes = Object.keys(ERROR_CODES) as (keyof typeof ERROR_STATUS)[];
    const clients = codes.filter((code) => ERROR_STATUS[code] < 500);
    expect(clients.filter((code) => !/^(IMAGE|REQUEST)_/.test(code))).toEqual([
      'ABORTED',
      'OPTION_INVALID',
      'OUTPUT_UNKNOWN',
      'TENSOR_INVALID',
    ]);
    expect(
      codes.filter((code) => /^(IMAGE|REQUEST)_/.test(code) && ERROR_STATUS[code] >= 500),
    ).toEqual([]);
  });
});
