import { describe, expect, it } from 'vitest';
import { createClassifier, INPUT_NAME } from './classifier.ts';
import { pixelDigest } from './digest.ts';
import { IsometryError } from './errors.ts';
import type { Manifest } from './manifest.ts';
import type { DecodeImage, ModelSession, Tensor } from './types.ts';

const manifest: Manifest = {
  version: 1,
  name: 'fake',
  labels: ['dark', 'light'],
  pixels: {
    version: 'pixels/1',
    width: 2,
    height: 1,
    fit: 'stretch',
    filter: 'bilinear',
    background: [0, 0, 0],
    mean: [0, 0, 0],
    std: [1, 1, 1],
    jpegOversampling: 2,
  },
  embedding: { size: 1, normalised: false, distance: 'euclidean' },
  calibration: null,
  training: null,
  metrics: null,
  license: '',
  intendedUse: '',
  canary: null,
};

/** "Decodes" a source of one byte to an image of that brightness; byte 255 is a broken image. */
const decode: DecodeImage = async (source) => {
  const brightness = source[0] ?? 0;
  if (brightness === 255) throw new IsometryError('IMAGE_TRUNCATED', 'cut', { hint: 'again' });
  const pixels = { width: 2, height: 1, data: new Uint8Array(6).fill(brightness) };
  const tensor = new Float32Array(6).fill(brightness / 255);
  return { raster: pixels, pixels, tensor, warnings: [{ code: 'fake', message: 'fake' }] };
};

/** Embedding = mean of the input, P(light) = embedding. */
function fakeSession(change: Partial<ModelSession> = {}): ModelSession & { runs: number[] } {
  const runs: number[] = [];
  return {
    runs,
    provider: 'cpu',
    outputNames: ['embedding', 'probabilities'],
    async run(feeds, outputs) {
      const input = feeds[INPUT_NAME] ?? { data: new Float32Array(), dims: [] };
      const n = input.dims[0] ?? 0;
      runs.push(n);
      const means = Float32Array.from(
        { length: n },
        (_, row) => input.data.slice(row * 6, row * 6 + 6).reduce((a, b) => a + b, 0) / 6,
      );
      const all: Record<string, Tensor> = {
        embedding: { data: means, dims: [n, 1] },
        probabilities: {
          data: Float32Array.from([...means].flatMap((mean) => [1 - mean, mean])),
          dims: [n, 2],
        },
      };
      return Object.fromEntries(Object.entries(all).filter(([name]) => outputs.includes(name)));
    },
    async close() {},
    ...change,
  };
}

const open = (session: ModelSession, own: Manifest = manifest) =>
  createClassifier<Uint8Array>({ manifest: own, modelDigest: 'd', session, decode });

describe('createClassifier', () => {
  it('answers with label, predictions, embedding and where it came from', async () => {
    const answer = await open(fakeSession()).classify(Uint8Array.of(204), { topK: 1 });
    expect(answer).toMatchObject({
      label: 'light',
      predictions: [{ label: 'light', index: 1 }],
      provider: 'cpu',
      modelDigest: 'd',
      warnings: [{ code: 'fake' }],
    });
    expect(answer.probability).toBeCloseTo(0.8, 6);
    expect(answer.embedding).toHaveLength(1);
    expect(answer.timings.totalMs).toBeGreaterThanOrEqual(answer.timings.modelMs);
  });

  it('runs a batch in chunks of eight and keeps the order', async () => {
    const session = fakeSession();
    const sources = Array.from({ length: 19 }, (_, index) => Uint8Array.of(index * 10));
    const answers = await open(session).classifyBatch(sources);
    expect(session.runs).toEqual([8, 8, 3]);
    expect(answers.map((answer) => Math.round((answer.embedding[0] ?? 0) * 25.5))).toEqual(
      sources.map((_, index) => index),
    );
    expect(await open(session).classifyBatch([])).toEqual([]);
  });

  it('says which image of a batch is broken', async () => {
    const sources = [Uint8Array.of(1), Uint8Array.of(255)];
    await expect(open(fakeSession()).classifyBatch(sources)).rejects.toMatchObject({
      code: 'IMAGE_TRUNCATED',
      hint: 'again',
      details: { index: 1 },
    });
  });

  it.each([
    ['probabilities', 0, Number.NaN],
    ['embedding', Number.NaN, 0],
    ['embedding', Number.POSITIVE_INFINITY, 0],
  ])('refuses %s that are not finite (%d, %d)', async (output, position, probability) => {
    const session = fakeSession({
      run: async () => ({
        embedding: { data: Float32Array.of(position), dims: [1, 1] },
        probabilities: { data: Float32Array.of(probability, 0), dims: [1, 2] },
      }),
    });
    const failure = { code: 'INFERENCE_FAILED', details: { output, provider: 'cpu' } };
    await expect(open(session).classify(Uint8Array.of(1))).rejects.toMatchObject(failure);
  });

  it('refuses an embedding that is not finite', async () => {
    const session = fakeSession({
      run: async () => ({ embedding: { data: Float32Array.of(Number.NaN), dims: [1, 1] } }),
    });
    await expect(open(session).embed(Uint8Array.of(1))).rejects.toMatchObject({
      code: 'INFERENCE_FAILED',
      details: { output: 'embedding' },
    });
  });

  it.each([0, 3, 1.5])('refuses topK %d before it decodes anything', async (topK) => {
    const classifier = open(fakeSession());
    const failure = { code: 'OPTION_INVALID', details: { topK } };
    const broken = Uint8Array.of(255);
    await expect(classifier.classify(broken, { topK })).rejects.toMatchObject(failure);
    await expect(classifier.classifyBatch([], { topK })).rejects.toMatchObject(failure);
  });

  it('refuses a batch that is not an array', async () => {
    const one = Uint8Array.of(1) as unknown as Uint8Array[];
    await expect(open(fakeSession()).classifyBatch(one)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    });
  });

  it('refuses a model whose outputs are not what the manifest promises', async () => {
    const session = fakeSession({
      run: async () => ({ embedding: { data: new Float32Array(2), dims: [1, 2] } }),
    });
    await expect(open(session).embed(Uint8Array.of(1))).rejects.toMatchObject({
      code: 'INFERENCE_FAILED',
      details: { output: 'embedding' },
    });
  });

  it.each([
    { dims: [1, 3, 1, 1], length: 3 },
    { dims: [1, 3, 1, 2], length: 5 },
    { dims: [0, 3, 1, 2], length: 0 },
    { dims: [3, 1, 2], length: 6 },
    { dims: [0.5, 3, 1, 2], length: 3 },
    { dims: [], length: 0 },
  ])('refuses a raw tensor of $dims with $length values', async ({ dims, length }) => {
    const input = { data: new Float32Array(length), dims };
    await expect(open(fakeSession()).run(input)).rejects.toMatchObject({ code: 'TENSOR_INVALID' });
  });

  it.each([undefined, {}, { data: new Float32Array(6) }, { data: [1, 2], dims: [1, 3, 1, 2] }])(
    'refuses %o as a raw tensor',
    async (input) => {
      await expect(open(fakeSession()).run(input as unknown as Tensor)).rejects.toMatchObject({
        code: 'TENSOR_INVALID',
        hint: 'Pass { data: Float32Array, dims: [N, 3, 1, 2] }.',
      });
    },
  );

  it('refuses to compute no output at all', async () => {
    const input = { data: new Float32Array(6), dims: [1, 3, 1, 2] };
    await expect(open(fakeSession()).run(input, { outputs: [] })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    });
  });

  it('refuses to compute an output that the model lacks', async () => {
    const input = { data: new Float32Array(6), dims: [1, 3, 1, 2] };
    await expect(open(fakeSession()).run(input, { outputs: ['logits'] })).rejects.toMatchObject({
      code: 'OUTPUT_UNKNOWN',
      hint: 'It has embedding, probabilities.',
    });
  });

  it('traces every stage with its hash', async () => {
    const trace = await open(fakeSession()).trace(Uint8Array.of(51));
    expect(trace.pixels.sha256).toBe(pixelDigest(trace.pixels.value));
    expect(Object.keys(trace.model)).toEqual(['embedding', 'probabilities']);
    expect(trace.tensor.value.dims).toEqual([1, 3, 1, 2]);
    expect(trace.decision.label).toBe('dark');
  });

  it('stops before the model when it is aborted while decoding', async () => {
    const controller = new AbortController();
    const session = fakeSession();
    const classifier = createClassifier<Uint8Array>({
      manifest,
      modelDigest: 'd',
      session,
      decode: async (source, spec, options) => {
        controller.abort();
        return decode(source, spec, options);
      },
    });
    await expect(
      classifier.classify(Uint8Array.of(1), { signal: controller.signal }),
    ).rejects.toMatchObject({ code: 'ABORTED' });
    expect(session.runs).toEqual([]);
  });

  it('closes once, after the calls in flight, and refuses later calls', async () => {
    const events: string[] = [];
    const base = fakeSession();
    const session = fakeSession({
      async run(feeds, outputs) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        events.push('ran');
        return base.run(feeds, outputs);
      },
      async close() {
        events.push('closed');
      },
    });
    const classifier = open(session);
    const answer = classifier.classify(Uint8Array.of(1));
    await Promise.all([classifier.close(), classifier.close()]);
    await answer;
    expect(events).toEqual(['ran', 'closed']);
    await expect(classifier.classify(Uint8Array.of(1))).rejects.toMatchObject({
      code: 'CLASSIFIER_CLOSED',
    });
  });
});

describe('health', () => {
  const blue = new Uint8Array(6).fill(51);
  const withCanary: Manifest = {
    ...manifest,
    canary: {
      image: btoa(String.fromCharCode(51)),
      pixelsSha256: pixelDigest({ width: 2, height: 1, data: blue }),
      embedding: [0.2],
    },
  };

  it('is ok when the canary gives its pixels and its embedding', async () => {
    const health = await open(fakeSession(), withCanary).health();
    expect(health).toMatchObject({ ok: true, provider: 'cpu', pixelsMatch: true });
    expect(health.embeddingError).toBeLessThan(1e-6);
  });

  it.each([
    ['all zeros', 0],
    ['not a number', Number.NaN],
    ['too large', 0.21],
  ])('tells an embedding that is %s', async (_, value) => {
    const session = fakeSession({
      run: async () => ({ embedding: { data: Float32Array.of(value), dims: [1, 1] } }),
    });
    const health = await open(session, withCanary).health();
    expect(health.ok).toBe(false);
    expect(health.reason).toContain('embedding');
  });

  it.each([
    ['a rounding apart', 0.204, true],
    ['far off', 0.25, false],
    ['all zeros', 0, false],
  ])('of an int8 file allows for other rounding: %s', async (_, value, ok) => {
    const session = fakeSession({
      run: async () => ({ embedding: { data: Float32Array.of(value), dims: [1, 1] } }),
    });
    const int8 = { ...withCanary, export: { precision: 'int8' } } as Manifest;
    expect(await open(session, int8).health()).toMatchObject({ ok });
    expect((await open(session, withCanary).health()).ok).toBe(false);
  });

  it('tells other pixels', async () => {
    const canary = { ...(withCanary.canary as object), pixelsSha256: '0'.repeat(64) };
    const health = await open(fakeSession(), { ...withCanary, canary } as Manifest).health();
    expect(health).toMatchObject({ ok: false, pixelsMatch: false });
  });

  it('only runs the graph when there is no canary', async () => {
    const session = fakeSession();
    expect(await open(session).health()).toEqual({ ok: true, provider: 'cpu' });
    expect(session.runs).toEqual([1]);
  });
});
