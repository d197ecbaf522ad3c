import { get } from 'node:http';
import type { Classifier } from '@isometry/core';
import { DEFAULT_EDGE_LIMITS, type AnswerJson, type ResultsJson } from '@isometry/edge';
import { loadClassifier } from '@isometry/runtime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brokenImages } from '../parity/broken-files.ts';
import { readGoldenImage } from '../parity/golden-images.ts';
import { readTestModel } from '../parity/model.ts';
import { startExampleWorker } from './example-worker.ts';
import type { StartedWorker } from './start-worker.ts';

const JPEG = readGoldenImage('jpeg-420.jpg');
const FILES = ['jpeg-420.jpg', 'png-rgb-alpha.png', 'webp-lossy.webp', 'jpeg-exif-6.jpg'];

let started: StartedWorker;
let address: string;
let reference: Classifier;

beforeAll(async () => {
  const model = await readTestModel();
  reference = await loadClassifier(model, { providers: ['wasm'] });
  started = await startExampleWorker(model);
  address = (await started.worker.ready).origin;
});

afterAll(async () => {
  await started?.worker.dispose();
  await reference?.close();
});

function post(body: BodyInit, query = '', headers: HeadersInit = {}): Promise<Response> {
  return fetch(`${address}/v1/classify${query}`, { method: 'POST', body, headers });
}

async function expectSameAnswer(answer: AnswerJson, image: Uint8Array): Promise<void> {
  const expected = await reference.classify(image);
  expect(answer).toMatchObject({
    label: expected.label,
    probability: expected.probability,
    predictions: expected.predictions,
    embedding: [...expected.embedding],
    warnings: expected.warnings,
    provider: 'wasm',
    model_digest: reference.modelDigest,
  });
}

describe('the example Worker in workerd', () => {
  it('lives at once, is ready when the model is, and loads on through a client that leaves', async () => {
    const live = await fetch(`${address}/health/live`);
    expect([live.status, await live.json()]).toEqual([200, { status: 'live' }]);
    const leaving = get(`${address}/health/ready`);
    leaving.on('error', () => undefined);
    leaving.destroy();
    await expect
      .poll(async () => (await fetch(`${address}/health/ready`)).status, { timeout: 20_000 })
      .toBe(200);
    const ready = await fetch(`${address}/health/ready`);
    expect(await ready.json()).toMatchObject({
      status: 'ready',
      provider: 'wasm',
      model_digest: reference.modelDigest,
    });
  });

  it.each(FILES)('answers %s to the bit as Node does', async (file) => {
    const image = readGoldenImage(file);
    const response = await post(image.slice().buffer);
    expect(response.status).toBe(200);
    expect(response.headers.get('Cache-Control')).toBe('no-store');
    await expectSameAnswer((await response.json()) as AnswerJson, image);
  });

  it('answers the files of a form one by one, a cut one among them', async () => {
    const form = new FormData();
    for (const file of FILES) form.append('image', new Blob([readGoldenImage(file).slice()]), file);
    form.append('image', new Blob([JPEG.slice(0, JPEG.length >> 1)]), 'cut.jpg');
    const response = await post(form, '?top_k=2');
    expect(response.status).toBe(200);
    const { results } = (await response.json()) as ResultsJson;
    const expected = await reference.classifyBatch(FILES.map(readGoldenImage), { topK: 2 });
    expect(results).toMatchObject([
      ...expected.map(({ predictions, embedding }, index) => ({
        file: FILES[index],
        answer: { predictions, embedding: [...embedding] },
      })),
      { file: 'cut.jpg', error: { status: 422, code: 'IMAGE_TRUNCATED' } },
    ]);
  });

  it('refuses broken images with a code and a hint', async () => {
    const broken = brokenImages('jpeg-420.jpg', 'png-rgb.png').filter(
      ({ bytes }) => bytes.length > 0,
    );
    const statuses = { IMAGE_UNSUPPORTED: 415, IMAGE_TRUNCATED: 422, IMAGE_TOO_LARGE: 413 };
    expect(broken.length).toBeGreaterThanOrEqual(4);
    for (const { bytes, code } of broken) {
      // oxlint-disable-next-line no-await-in-loop -- one at a time: a failure names its image
      const response = await post(bytes.slice().buffer);
      expect(response.status).toBe(statuses[code as keyof typeof statuses]);
      expect(response.headers.get('Content-Type')).toBe('application/problem+json');
      // oxlint-disable-next-line no-await-in-loop
      expect(await response.json()).toMatchObject({ code, hint: expect.stringMatching(/\w/) });
    }
  });

  it('refuses what is not a request for it', async () => {
    const responses = await Promise.all([
      post(new Uint8Array(DEFAULT_EDGE_LIMITS.maxBodyBytes + 1)),
      post('text', '', { 'Content-Type': 'text/plain' }),
      post(JPEG.slice().buffer, '?top_k=1000'),
      post(new Uint8Array(0)),
      fetch(`${address}/v1/classify`),
      fetch(`${address}/nowhere`),
    ]);
    const codes = await Promise.all(
      responses.map(async (response) => ((await response.json()) as { code: string }).code),
    );
    expect(responses.map(({ status }, index) => `${status} ${codes[index]}`)).toEqual([
      '413 REQUEST_TOO_LARGE',
      '415 REQUEST_TYPE_UNSUPPORTED',
      '400 REQUEST_INVALID',
      '400 REQUEST_INVALID',
      '405 REQUEST_METHOD_UNSUPPORTED',
      '404 REQUEST_NOT_FOUND',
    ]);
    expect(responses[4]?.headers.get('Allow')).toBe('POST');
  });

  it('printed nothing: no request so far was an internal error', () => {
    expect(started.printed).toEqual([]);
  });
});
