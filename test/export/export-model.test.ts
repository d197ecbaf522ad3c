import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareArrays } from '@isometry/core';
import { exportModel, type ExportModelOptions, type PixelChoice } from '@isometry/export';
import { readManifest } from '@isometry/onnx';
import { createImageDecoder } from '@isometry/pixels';
import { loadClassifier } from '@isometry/runtime-node';
import type { LayersModel, SymbolicTensor, Tensor } from '@tensorflow/tfjs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomiseWeights } from './layers-model.ts';
import { openCpuSession } from './onnx-session.ts';
import { UNIT } from './pixel-choices.ts';
import { tf } from './tfjs.ts';
import { draftFor } from './draft-for.ts';
import { writeRun } from './write-run.ts';

const SIDE = 12;
const ports = { decode: createImageDecoder(), createSession: openCpuSession };
let folder: string;
let picture: Uint8Array;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-stranger-'));
  const noise = { type: 'gaussian', mean: 120, sigma: 60 } as const;
  picture = await sharp({
    create: { width: SIDE, height: SIDE, channels: 3, background: '#c84', noise },
  })
    .png()
    .toBuffer();
});
afterAll(() => rm(folder, { recursive: true }));

/** A stranger's network: three layers and an end. */
function network(end: { readonly units: number; readonly activation?: 'softmax' | 'sigmoid' }) {
  const model = tf.sequential();
  model.add(
    tf.layers.conv2d({ inputShape: [SIDE, SIDE, 3], filters: 6, kernelSize: 3, name: 'look' }),
  );
  model.add(tf.layers.globalAveragePooling2d({ name: 'pool' }));
  model.add(tf.layers.dense({ units: 5, activation: 'relu', name: 'features' }));
  model.add(tf.layers.dense({ ...end, name: 'answer' }));
  randomiseWeights(model as LayersModel, 11);
  return model as LayersModel;
}

async function exported(
  model: LayersModel,
  options: Partial<ExportModelOptions> & Pick<ExportModelOptions, 'labels'>,
): Promise<string> {
  const place = await mkdtemp(join(folder, 'model-'));
  // A run.json lies beside it, and nobody reads it.
  await writeRun(join(place, 'tfjs'), model, draftFor(SIDE, false));
  const out = join(place, 'out.onnx');
  const shared = { ...ports, name: 'stranger', pixels: UNIT, out };
  await exportModel(join(place, 'tfjs', 'model.json'), { ...shared, ...options });
  return out;
}

/** What tfjs makes of the picture, its channels in the network's order. */
async function expected(model: LayersModel, scale: number, isBgr = false): Promise<Float32Array> {
  const { data } = await sharp(picture).raw().toBuffer({ resolveWithObject: true });
  const rgb = tf.tensor(Float32Array.from(data), [1, SIDE, SIDE, 3]);
  const image = isBgr ? rgb.reverse(3).sub([103.939, 116.779, 123.68]) : rgb.mul(scale);
  return (model.predict(image) as Tensor).dataSync<'float32'>();
}

describe('a tfjs model that Isometry did not train', () => {
  it('with a softmax keeps its probabilities, and gets logits and an embedding', async () => {
    const model = network({ units: 3, activation: 'softmax' });
    const path = await exported(model, { labels: ['a', 'b', 'c'] });
    const manifest = readManifest(await readFile(path));
    expect(manifest).toMatchObject({
      name: 'stranger',
      training: null,
      calibration: null,
      embedding: { size: 5, normalised: false },
      pixels: { width: SIDE, height: SIDE, fit: 'stretch' },
    });
    expect(manifest.export?.proof.outputs).toHaveProperty('probabilities');
    expect(manifest.export?.proof.outputs).toHaveProperty('embedding');
    const classifier = await loadClassifier(path);
    const { predictions } = await classifier.classify(picture, { topK: 3 });
    await classifier.close();
    const found = Float32Array.from(
      ['a', 'b', 'c'],
      (label) => predictions.find((one) => one.label === label)?.probability ?? -1,
    );
    // Measured: 3e-8.
    expect(compareArrays(await expected(model, 1 / 255), found).maxAbs).toBeLessThan(1e-6);
  });

  it('with one sigmoid becomes a classifier of two labels', async () => {
    const model = network({ units: 1, activation: 'sigmoid' });
    const path = await exported(model, { labels: ['no', 'yes'] });
    const proof = readManifest(await readFile(path)).export?.proof;
    expect(proof?.outputs).toHaveProperty('probabilities');
    expect(proof?.argmaxAgreement).toEqual({ agreed: 3, total: 3 });
    const classifier = await loadClassifier(path);
    const { predictions } = await classifier.classify(picture, { topK: 2 });
    await classifier.close();
    const [yes = -1] = await expected(model, 1 / 255);
    expect(predictions.find(({ label }) => label === 'yes')?.probability).toBeCloseTo(yes, 5);
  });

  it('that wants BGR with the mean subtracted is given RGB', async () => {
    const model = network({ units: 2, activation: 'softmax' });
    const caffe: PixelChoice = {
      ...UNIT,
      mean: [123.68 / 255, 116.779 / 255, 103.939 / 255],
      std: [1 / 255, 1 / 255, 1 / 255],
      channelOrder: 'bgr',
    };
    const path = await exported(model, { labels: ['a', 'b'], pixels: caffe });
    const classifier = await loadClassifier(path);
    const { predictions } = await classifier.classify(picture, { topK: 2 });
    await classifier.close();
    const [first = -1] = await expected(model, 1, true);
    expect(predictions.find(({ label }) => label === 'a')?.probability).toBeCloseTo(first, 4);
  });

  it('with a sigmoid a class is a choice among them only when that is said', async () => {
    const model = network({ units: 3, activation: 'sigmoid' });
    const labels = ['a', 'b', 'c'];
    await expect(exported(model, { labels })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    const path = await exported(model, { labels, logits: 'answer' });
    const proof = readManifest(await readFile(path)).export?.proof;
    // A sigmoid grows with its logit: the largest stays the largest.
    expect(proof?.argmaxAgreement).toEqual({ agreed: 3, total: 3 });
    expect(Object.keys(proof?.outputs ?? {})).toEqual(['embedding', 'logits']);
  });

  it('is refused for grey images, and told what can be done', async () => {
    const image = tf.input({ shape: [SIDE, SIDE, 1] });
    const flat = tf.layers.flatten().apply(image) as SymbolicTensor;
    const outputs = tf.layers.dense({ units: 2 }).apply(flat) as SymbolicTensor;
    const write = exported(tf.model({ inputs: image, outputs }), { labels: ['a', 'b'] });
    await expect(write).rejects.toMatchObject({
      code: 'RUN_INVALID',
      message: expect.stringContaining('no image of three channels') as string,
      hint: expect.stringContaining('makes one channel of three') as string,
    });
  });

  it('is refused with labels that are no labels, by a hint that helps the one who exports', async () => {
    const write = exported(network({ units: 2 }), { labels: ['same', 'same'] });
    await expect(write).rejects.toMatchObject({
      code: 'MANIFEST_INVALID',
      message: expect.stringContaining('labels must be unique') as string,
      hint: expect.stringContaining('Change what describes the model') as string,
    });
  });

  it('takes another layer for the embedding', async () => {
    const model = network({ units: 3, activation: 'softmax' });
    const path = await exported(model, { labels: ['a', 'b', 'c'], embedding: 'pool' });
    const manifest = readManifest(await readFile(path));
    expect(manifest.embedding.size).toBe(6);
    expect(manifest.export?.proof.outputs).toHaveProperty('embedding');
  });

  it.each<
    [string, Partial<ExportModelOptions> & Pick<ExportModelOptions, 'labels'>, string, RegExp]
  >([
    [
      'labels that are too many',
      { labels: ['a', 'b', 'c', 'd'] },
      'OPTION_INVALID',
      /3 classes.*4 labels/u,
    ],
    ['labels that are twice', { labels: ['a', 'b', 'a'] }, 'MANIFEST_INVALID', /labels/u],
    [
      'a layer that is not there',
      { labels: ['a', 'b', 'c'], embedding: 'pol' },
      'OPTION_INVALID',
      /"pool"/u,
    ],
    [
      'another size',
      { labels: ['a', 'b', 'c'], inputSize: { width: 9, height: 9 } },
      'OPTION_INVALID',
      /12 x 12/u,
    ],
    [
      'int8 without images',
      { labels: ['a', 'b', 'c'], precisions: ['int8'] },
      'OPTION_INVALID',
      /images/u,
    ],
    [
      'two precisions in one file',
      { labels: ['a', 'b', 'c'], precisions: ['fp32', 'fp16'] },
      'OPTION_INVALID',
      /one precision/u,
    ],
  ])('is refused for %s', async (_, options, code, message) => {
    const model = network({ units: 3, activation: 'softmax' });
    await expect(exported(model, options)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });
});
