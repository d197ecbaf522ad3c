// oxlint-disable vitest/valid-title, vitest/no-conditional-tests -- the runtime gives title and skip
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { BATCH_SIZE, floatDigest, pixelDigest, type Provider, type Trace } from '@isometry/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brokenImages, brokenModels, withUnknownOperator } from './broken-files.ts';
import { readGoldenImage, readGoldenImages } from './golden-images.ts';
import { testModelPath } from './model.ts';
import { embeddingProblem, scoreProblem } from './output-problem.ts';
import { openNode } from './runners/open-node.ts';
import type { AbortChoice, ModelUnderTest, RuntimeUnderTest } from './runtime-under-test.ts';
import { CANARY_BOUND, type OutputBounds } from './tolerances.ts';

export interface DescribeRuntimeOptions {
  readonly name: string;
  readonly open: () => Promise<RuntimeUnderTest>;
  /** What has to run the model. */
  readonly provider: Provider;
  /** How far the outputs may be from Node's WebAssembly; `exact` is not at all. */
  readonly bounds: OutputBounds | 'exact';
  /** Why the suite cannot run here. */
  readonly skip?: string | undefined;
}

/** One of each format, a scaled JPEG, a rotated one and one with alpha: the decoders' branches. */
const IMAGES = [
  'jpeg-420.jpg',
  'jpeg-large.jpg',
  'jpeg-exif-6.jpg',
  'png-rgb-alpha.png',
  'webp-lossy.webp',
].map((image) => ({ image, bytes: readGoldenImage(image) }));

const FIRST = readGoldenImage('jpeg-420.jpg');

/** What every runtime has to do alike. A deviation is declared in the options, with its reason. */
export function describeRuntime(options: DescribeRuntimeOptions): void {
  const { name, provider, bounds, skip } = options;
  if (skip !== undefined) {
    // oxlint-disable-next-line vitest/expect-expect -- it says why nothing is expected
    it(name, (context) => context.skip(skip));
    return;
  }
  describe(name, () => {
    const file = new Uint8Array(readFileSync(testModelPath()));
    let runtime: RuntimeUnderTest;
    let model: ModelUnderTest;
    let reference: ModelUnderTest;

    beforeAll(async () => {
      reference = await (await openNode(['wasm'])).loadModel(file);
      runtime = await options.open();
      model = await runtime.loadModel(file);
      // WebGPU compiles its shaders in the first run, for 10 seconds and more on SwiftShader.
      await model.health();
    });

    // Also fails when the engine printed something.
    afterAll(() => runtime?.dispose());

    it('says what the model file says, and what really runs it', () => {
      expect(model.provider).toBe(provider);
      expect(model.manifest).toEqual(reference.manifest);
      expect(model.outputNames).toEqual(reference.outputNames);
      expect(model.modelDigest).toBe(createHash('sha256').update(file).digest('hex'));
    });

    it.each(brokenModels(file, 'png-rgb.png'))(
      'refuses a model file: $what, with $code',
      async ({ bytes, code }) => {
        await expect(runtime.loadModel(bytes)).rejects.toMatchObject({
          code,
          hint: expect.any(String),
        });
      },
    );

    it('refuses a graph that ONNX Runtime does not know', async () => {
      // A GPU that cannot run the whole model is a provider that does not fit, not a broken file.
      const isGpu = provider === 'webgpu' || provider === 'cuda';
      await expect(runtime.loadModel(withUnknownOperator(file))).rejects.toMatchObject({
        code: isGpu ? 'PROVIDER_UNAVAILABLE' : 'INFERENCE_FAILED',
        hint: expect.any(String),
      });
    });

    it.each(readGoldenImages())('sees $file as Pillow does', async ({ bytes, specs, sha256 }) => {
      expect(await runtime.pixelDigests(bytes, specs)).toEqual(sha256);
    });

    it.each(IMAGES)('answers to $image as the reference does, stage by stage', async (image) => {
      const expected = await reference.trace(image.bytes);
      const actual = await model.trace(image.bytes);
      expect(actual.decode.sha256).toBe(expected.decode.sha256);
      expect(actual.pixels.sha256).toBe(expected.pixels.sha256);
      expect(actual.tensor.sha256).toBe(expected.tensor.sha256);
      // The arrays are what the hashes say: they arrived whole.
      expect(pixelDigest(actual.pixels.value)).toBe(actual.pixels.sha256);
      expect(floatDigest(actual.tensor.value.data)).toBe(actual.tensor.sha256);
      expect(shapes(actual)).toEqual(shapes(expected));
      for (const output of ['embedding', 'last_hidden_state', 'pooler_output']) {
        expect(
          embeddingProblem(data(expected, output), data(actual, output), bounds),
        ).toBeUndefined();
      }
      const probabilities = [expected, actual].map((trace) => data(trace, 'probabilities'));
      expect(scoreProblem('probability', ...pair(probabilities), bounds)).toBeUndefined();
      const logits = [expected, actual].map((trace) => data(trace, 'logits'));
      expect(scoreProblem('logit', ...pair(logits), bounds)).toBeUndefined();
      expect(actual.decision.label).toBe(expected.decision.label);
      expect(actual.decision.warnings).toEqual(expected.decision.warnings);
    });

    it('answers with its provenance, and as many predictions as asked for', async () => {
      const answer = await model.classify(FIRST, { topK: 2 });
      expect(answer).toMatchObject({ provider, modelDigest: model.modelDigest, warnings: [] });
      expect(answer.predictions).toHaveLength(2);
      const [best] = answer.predictions;
      expect(best).toMatchObject({ label: answer.label, probability: answer.probability });
      expect(answer.timings.totalMs).toBeGreaterThan(0);
    });

    it('embeds as it classifies', async () => {
      const { embedding } = await model.classify(FIRST);
      const embedded = await model.embed(FIRST);
      expect(embeddingProblem(embedding, embedded.embedding, bounds)).toBeUndefined();
    });

    // Each batch size is its own path through ONNX Runtime's kernels; 9 is a full run and one more.
    it.each([2, 3, BATCH_SIZE + 1])('answers in a batch of %i as it does alone', async (size) => {
      const chosen = Array.from({ length: size }, (_, index) => IMAGES[index % IMAGES.length]);
      const images = chosen.map((image) => image?.bytes ?? FIRST);
      const alone = await Promise.all(images.map((image) => model.classify(image)));
      const batch = await model.classifyBatch(images);
      expect(batch.map(({ label }) => label)).toEqual(alone.map(({ label }) => label));
      const problems = batch.map(({ embedding }, index) =>
        embeddingProblem(alone[index]?.embedding ?? new Float32Array(), embedding, bounds),
      );
      expect(problems).toEqual(images.map(() => undefined));
    });

    it('names the image of a batch that failed', async () => {
      await expect(model.classifyBatch([FIRST, new Uint8Array()])).rejects.toMatchObject({
        code: 'IMAGE_INVALID',
        details: { index: 1 },
      });
    });

    it('runs a raw tensor as the trace did', async () => {
      const trace = await model.trace(FIRST);
      const outputs = await model.run(trace.tensor.value, { outputs: ['embedding'] });
      expect(Object.keys(outputs)).toEqual(['embedding']);
      const actual = outputs['embedding']?.data ?? new Float32Array();
      expect(embeddingProblem(data(trace, 'embedding'), actual, bounds)).toBeUndefined();
    });

    it('runs a raw batch and returns every output', async () => {
      const { height, width } = model.manifest.pixels;
      const values = Float32Array.from({ length: 9 * height * width }, (_, i) => Math.sin(i));
      const input = { data: values, dims: [3, 3, height, width] };
      const actual = await model.run(input);
      const expected = await reference.run(input);
      expect(Object.keys(actual).toSorted()).toEqual(model.outputNames.toSorted());
      expect(actual['embedding']?.dims).toEqual([3, model.manifest.embedding.size]);
      const probabilities = [expected, actual].map(
        (outputs) => outputs['probabilities']?.data ?? new Float32Array(),
      );
      expect(scoreProblem('probability', ...pair(probabilities), bounds)).toBeUndefined();
    });

    it.each([
      (height: number, width: number) => [1, 3, height, width + 1],
      (height: number, width: number) => [1, height, width, 3],
      (height: number, width: number) => [3, height, width],
      (height: number, width: number) => [0, 3, height, width],
      (height: number, width: number) => [2, 3, height, width],
      () => [],
    ])('refuses a tensor of shape %s', async (shape) => {
      const { height, width } = model.manifest.pixels;
      const input = { data: new Float32Array(3 * height * width), dims: shape(height, width) };
      await expect(model.run(input)).rejects.toMatchObject({ code: 'TENSOR_INVALID' });
    });

    it('refuses an output that the model lacks', async () => {
      const { height, width } = model.manifest.pixels;
      const input = { data: new Float32Array(3 * height * width), dims: [1, 3, height, width] };
      await expect(model.run(input, { outputs: ['nope'] })).rejects.toMatchObject({
        code: 'OUTPUT_UNKNOWN',
        details: { output: 'nope' },
      });
    });

    it.each(brokenImages('jpeg-420.jpg', 'png-rgb.png'))(
      'refuses $what with $code',
      async ({ bytes, code }) => {
        await expect(model.classify(bytes)).rejects.toMatchObject({
          code,
          hint: expect.any(String),
        });
      },
    );

    it('answers to a picture of one pixel', async () => {
      const { predictions } = await model.classify(readGoldenImage('png-1x1.png'));
      expect(predictions).toHaveLength(model.manifest.labels.length);
    });

    describe.each(['before', 'during'] as const)('aborted %s the call', (abort) => {
      it.each(Object.entries(ABORTABLE))('stops %s', async (_method, call) => {
        await expect(call(runtime, model, file, { abort })).rejects.toMatchObject({
          code: 'ABORTED',
        });
      });

      it('goes on with the next call', async () => {
        await expect(model.classify(FIRST)).resolves.toMatchObject({ provider });
      });
    });

    it('is healthy', async () => {
      // The canary's embedding comes from ONNX Runtime's CPU provider: no bits to be equal to.
      const embedding = bounds === 'exact' ? CANARY_BOUND : bounds.embedding;
      const health = await model.health();
      expect(health).toMatchObject({ ok: true, provider, pixelsMatch: true });
      expect(health.embeddingError).toBeLessThanOrEqual(embedding);
    });

    it('closes one model and leaves the other', async () => {
      const second = await runtime.loadModel(file);
      const running = second.classify(FIRST);
      const closing = [second.close(), second.close()];
      await expect(running).resolves.toMatchObject({ provider });
      await Promise.all(closing);
      await expect(second.classify(FIRST)).rejects.toMatchObject({ code: 'CLASSIFIER_CLOSED' });
      await expect(model.classify(FIRST)).resolves.toMatchObject({ provider });
    });
  });
}

const ABORTABLE: Readonly<
  Record<
    string,
    (
      runtime: RuntimeUnderTest,
      model: ModelUnderTest,
      file: Uint8Array,
      choice: AbortChoice,
    ) => Promise<unknown>
  >
> = {
  loadModel: (runtime, _model, file, choice) => runtime.loadModel(file, choice),
  classify: (_runtime, model, _file, choice) => model.classify(FIRST, choice),
  classifyBatch: (_runtime, model, _file, choice) => model.classifyBatch([FIRST, FIRST], choice),
  embed: (_runtime, model, _file, choice) => model.embed(FIRST, choice),
  trace: (_runtime, model, _file, choice) => model.trace(FIRST, choice),
  run: (_runtime, model, _file, choice) => {
    const { height, width } = model.manifest.pixels;
    const input = { data: new Float32Array(3 * height * width), dims: [1, 3, height, width] };
    return model.run(input, choice);
  },
};

function data(trace: Trace, output: string): Float32Array {
  return trace.model[output]?.value.data ?? new Float32Array();
}

function shapes(trace: Trace): Record<string, readonly number[]> {
  const entries = Object.entries(trace.model);
  return Object.fromEntries(entries.map(([output, { value }]) => [output, value.dims]));
}

function pair(arrays: readonly Float32Array[]): [Float32Array, Float32Array] {
  const [first = new Float32Array(), second = new Float32Array()] = arrays;
  return [first, second];
}
