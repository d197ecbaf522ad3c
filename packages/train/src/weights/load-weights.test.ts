import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '@isometry/core';
import { BACKBONES, type BackboneName } from '../backbones/backbones.ts';
import { loadTfjs, type Tfjs } from '../tfjs.ts';
import { loadWeights } from './load-weights.ts';

let tf: Tfjs;
let folder = '';
/** MobileNet at width 0.25 as an .h5 of Keras, and its bytes. */
let h5 = '';
let h5Bytes: Buffer;
/** The same as a TensorFlow.js model. */
let tfjs = '';

const built: LayersModel[] = [];
function build(name: BackboneName, seed: number, widthMultiplier = 1): LayersModel {
  const { minInputSize: size, build: make } = BACKBONES[name];
  const input = tf.input({ shape: [size, size, 3] });
  const output = make(tf, input, { widthMultiplier, seed });
  const model = tf.model({ inputs: input, outputs: output });
  built.push(model);
  return model;
}
/** The SHA-256 of every weight: millions of numbers compare faster that way. */
function digestsOf(model: LayersModel): Map<string, string> {
  return new Map(
    model.weights.map((weight) => [
      weight.originalName,
      createHash('sha256').update(weight.read().dataSync()).digest('hex'),
    ]),
  );
}
function valuesOf(model: LayersModel, name: string): number[] {
  const weight = model.weights.find(({ originalName }) => originalName === name);
  return [...(weight?.read().dataSync() ?? [])];
}
const mobileNet = (seed = 2) => build('mobilenet', seed, 0.25);
const load = (model: LayersModel, file: string, backbone: BackboneName = 'mobilenet') =>
  loadWeights(tf, model, file, { backbone });

/** A layer with its weights, as they go into an .h5. */
type H5Layer = readonly [name: string, weights: readonly H5Weight[]];
type H5Weight = readonly [name: string, shape: readonly number[], values: Float32Array];

async function writeH5(path: string, layers: readonly H5Layer[]): Promise<void> {
  const hdf5 = await import('h5wasm');
  const { FS } = await hdf5.ready;
  const file = new hdf5.File('/made.h5', 'w');
  file.create_attribute(
    'layer_names',
    layers.map(([name]) => name),
  );
  for (const [name, weights] of layers) {
    const group = file.create_group(name);
    const names = weights.map(([weight]) => `${name}/${weight}:0`);
    if (names.length > 0) group.create_attribute('weight_names', names);
    const inner = group.create_group(name);
    for (const [weight, shape, data] of weights) {
      inner.create_dataset({ name: `${weight}:0`, data, shape: [...shape] });
    }
  }
  file.close();
  await writeFile(path, FS.readFile('/made.h5'));
  FS.unlink('/made.h5');
}

function layersOf(model: LayersModel): H5Layer[] {
  return model.layers.map((layer) => [
    layer.name,
    layer.weights.map((weight): H5Weight => {
      const name = weight.originalName.split('/').at(-1) as string;
      return [name, weight.shape as number[], Float32Array.from(weight.read().dataSync())];
    }),
  ]);
}

beforeAll(async () => {
  tf = await loadTfjs();
  folder = await mkdtemp(join(tmpdir(), 'isometry-weights-'));
  const model = mobileNet(1);
  h5 = join(folder, 'mobilenet.h5');
  await writeH5(h5, layersOf(model));
  h5Bytes = await readFile(h5);
  tfjs = join(folder, 'tfjs');
  await model.save(`file://${tfjs}`);
});
afterEach(() => {
  for (const model of built.splice(0)) for (const layer of model.layers) layer.dispose();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('loadWeights', () => {
  it('reads an .h5 and a TensorFlow.js model to the bit, and leaks no tensor', async () => {
    const expected = digestsOf(mobileNet(1));
    for (const [file, format] of [
      [h5, 'keras-h5'],
      [tfjs, 'tfjs-layers'],
      [join(tfjs, 'model.json'), 'tfjs-layers'],
    ] as const) {
      const model = mobileNet();
      const before = tf.memory().numTensors;
      const report = await load(model, file);
      expect(tf.memory().numTensors).toBe(before);
      expect(report).toMatchObject({ source: file, format, missing: [], unused: [] });
      expect(report.loaded).toEqual(model.weights.map(({ originalName }) => originalName));
      expect(digestsOf(model)).toEqual(expected);
    }
  });

  it('says the SHA-256 of what it read', async () => {
    const sha256 = createHash('sha256').update(h5Bytes).digest('hex');
    expect((await load(mobileNet(), h5)).sha256).toBe(sha256);
    const both = createHash('sha256');
    for (const name of ['model.json', 'weights.bin']) both.update(await readFile(join(tfjs, name)));
    expect((await load(mobileNet(), tfjs)).sha256).toBe(both.digest('hex'));
  });

  it('loads what is there, and says what is missing and what is over', async () => {
    const path = join(folder, 'part.h5');
    const layers = layersOf(mobileNet(1)).filter(([name]) => name !== 'conv_pw_13');
    const classes: H5Weight = ['kernel', [1, 1, 256, 10], new Float32Array(2560)];
    await writeH5(path, [...layers, ['conv_preds', [classes]]]);
    const model = mobileNet();
    const before = digestsOf(model);
    const report = await load(model, path);
    expect(report).toMatchObject({
      missing: ['conv_pw_13/kernel'],
      unused: ['conv_preds/kernel'],
    });
    const after = digestsOf(model);
    expect(after.get('conv_pw_13/kernel')).toBe(before.get('conv_pw_13/kernel'));
    expect(after.get('conv1/kernel')).not.toBe(before.get('conv1/kernel'));
  });

  it('counts a tensor whose file is absent as missing', async () => {
    const { path } = await writeTfjs('absent', (manifest) => {
      const [group] = manifest;
      const [first, ...others] = group?.weights ?? [];
      return [
        { paths: ['absent.bin'], weights: [first] },
        { paths: ['weights.bin'], weights: others },
      ];
    });
    const bytes = await readFile(join(tfjs, 'weights.bin'));
    await writeFile(join(path, 'weights.bin'), bytes.subarray(3 * 3 * 3 * 8 * 4));
    const report = await load(mobileNet(), path);
    expect(report.missing).toEqual(['conv1/kernel']);
    expect(report.loaded).toHaveLength(134);
  });

  it('reads quantised weights', async () => {
    const { path } = await writeTfjs('quantised', (manifest) =>
      manifest.map((group) => ({
        ...group,
        weights: group.weights.map((entry) => ({
          ...(entry as object),
          quantization: { dtype: 'uint8', min: -1, scale: 0.5 },
        })),
      })),
    );
    const bytes = new Uint8Array(218_544).map((_, index) => index % 5);
    await writeFile(join(path, 'weights.bin'), bytes);
    const model = mobileNet();
    await load(model, path);
    expect(valuesOf(model, 'conv1/kernel').slice(0, 6)).toEqual([-1, -0.5, 0, 0.5, 1, -1]);
  });

  it('turns the first kernel round for ResNet50 when it is Keras’, and not when it is ours', async () => {
    const { layers } = tf;
    const make = (seed: number) => {
      const kernelInitializer = tf.initializers.glorotUniform({ seed });
      const conv1 = { filters: 4, kernelSize: 2, kernelInitializer, name: 'conv1_conv' };
      const model = tf.sequential({ layers: [layers.conv2d({ ...conv1, inputShape: [4, 4, 3] })] });
      built.push(model);
      return model;
    };
    const source = make(1);
    const path = join(folder, 'resnet.h5');
    await writeH5(path, layersOf(source));
    const ours = join(folder, 'resnet');
    await source.save(`file://${ours}`);
    const kernel = valuesOf(source, 'conv1_conv/kernel');
    const turned = kernel.map((_, index) => {
      const [rest, filter] = [Math.floor(index / 4), index % 4];
      const [pixel, channel] = [Math.floor(rest / 3), rest % 3];
      return kernel[(pixel * 3 + 2 - channel) * 4 + filter];
    });
    const model = make(2);
    await load(model, path, 'resnet50');
    expect(valuesOf(model, 'conv1_conv/kernel')).toEqual(turned);
    await load(model, ours, 'resnet50');
    expect(valuesOf(model, 'conv1_conv/kernel')).toEqual(kernel);
    await load(model, path, 'inceptionv3');
    expect(valuesOf(model, 'conv1_conv/kernel')).toEqual(kernel);
  });

  it('refuses weights of another width or backbone, and changes nothing', async () => {
    const model = build('mobilenet', 2, 0.5);
    const before = digestsOf(model);
    await expect(load(model, h5)).rejects.toMatchObject({
      code: 'WEIGHTS_INVALID',
      message: `${h5} is not for this mobilenet: conv1/kernel is 3 x 3 x 3 x 8 there and 3 x 3 x 3 x 16 here (and 134 more).`,
      details: { weight: 'conv1/kernel', expected: [3, 3, 3, 16], got: [3, 3, 3, 8] },
    });
    expect(digestsOf(model)).toEqual(before);
    const other = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
    built.push(other);
    await expect(load(other, h5, 'inceptionv3')).rejects.toMatchObject({
      code: 'WEIGHTS_INVALID',
      message: `${h5} has nothing of inceptionv3.`,
    });
  });

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort();
    await expect(
      loadWeights(tf, mobileNet(), h5, { backbone: 'mobilenet', signal }),
    ).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('a file that is no good', () => {
  it.each([
    ['nothing', ''],
    ['text', 'hello'],
    ['an HDF5 signature alone', '\u0089HDF\r\n\u001a\n'],
  ])('is refused: %s', async (name, text) => {
    const path = join(folder, `${name}.h5`);
    await writeFile(path, text, 'latin1');
    await expect(load(mobileNet(), path)).rejects.toMatchObject({ code: 'WEIGHTS_INVALID' });
  });

  it('is refused when it is cut off anywhere', async () => {
    const model = mobileNet();
    const path = join(folder, 'cut.h5');
    const random = createRandom(1, 'cut');
    for (let round = 0; round < 20; round += 1) {
      await writeFile(path, h5Bytes.subarray(0, Math.floor(random.next() * h5Bytes.length)));
      await expect(load(model, path)).rejects.toMatchObject({ code: 'WEIGHTS_INVALID' });
    }
    await writeFile(path, h5Bytes);
    expect((await load(model, path)).missing).toEqual([]);
  });

  it('never ends in anything but a result or a coded error when bytes are changed', async () => {
    const model = mobileNet();
    const path = join(folder, 'changed.h5');
    const random = createRandom(2, 'changed');
    const outcomes: string[] = [];
    for (let round = 0; round < 60; round += 1) {
      const bytes = Uint8Array.from(h5Bytes);
      for (let change = 0; change < 30; change += 1) {
        bytes[Math.floor(random.next() * bytes.length)] = Math.floor(random.next() * 256);
      }
      await writeFile(path, bytes);
      const outcome = await load(model, path).then(
        () => 'loaded',
        (error: unknown) => (error as { code?: string }).code ?? String(error),
      );
      outcomes.push(outcome);
    }
    expect(outcomes.filter((outcome) => !/^(loaded|WEIGHTS_INVALID)$/.test(outcome))).toEqual([]);
    expect(new Set(outcomes).size).toBe(2);
    await writeFile(path, h5Bytes);
    expect((await load(model, path)).missing).toEqual([]);
  });

  it('is refused when values are no numbers', async () => {
    const path = join(folder, 'nan.h5');
    const values = new Float32Array(216).fill(1);
    values[7] = Number.NaN;
    await writeH5(path, [['conv1', [['kernel', [3, 3, 3, 8], values]]]]);
    await expect(load(mobileNet(), path)).rejects.toMatchObject({
      code: 'WEIGHTS_INVALID',
      message: expect.stringContaining('"conv1/kernel" has values that are no numbers') as string,
    });
  });

  it('is refused when it is JSON and no model, or names files elsewhere, or sizes do not add up', async () => {
    const refusals: [string, string][] = [];
    for (const [name, content] of Object.entries({
      broken: '{',
      other: '{"name":"x"}',
      manifest: '{"modelTopology":{},"weightsManifest":[{"paths":[1],"weights":[]}]}',
    })) {
      refusals.push([join(folder, `${name}.json`), content]);
    }
    for (const [path, content] of refusals) {
      await writeFile(path, content);
      await expect(load(mobileNet(), path)).rejects.toMatchObject({ code: 'WEIGHTS_INVALID' });
    }
    for (const outside of ['../tfjs/weights.bin', '/etc/hostname', 'a/../../tfjs/weights.bin']) {
      const { path } = await writeTfjs('outside', (manifest) =>
        manifest.map((group) => ({ ...group, paths: [outside] })),
      );
      await expect(load(mobileNet(), path)).rejects.toMatchObject({
        message: expect.stringContaining('lies outside its folder') as string,
      });
    }
    const { path } = await writeTfjs('short', (manifest) => manifest);
    await writeFile(join(path, 'weights.bin'), new Uint8Array(99));
    await expect(load(mobileNet(), path)).rejects.toMatchObject({
      message: expect.stringContaining('weights.bin: 99 bytes instead of 874176') as string,
    });
  });

  it('is FILE_NOT_FOUND when it is not there', async () => {
    const dangling = join(folder, 'dangling.h5');
    await symlink(join(folder, 'absent'), dangling);
    for (const path of [join(folder, 'absent.h5'), folder, dangling, join(h5, 'inside')]) {
      await expect(load(mobileNet(), path)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    }
  });
});

interface Group {
  readonly paths: readonly string[];
  readonly weights: readonly unknown[];
}

/** A copy of the TensorFlow.js model with another manifest, and no weights. */
async function writeTfjs(name: string, change: (manifest: readonly Group[]) => readonly Group[]) {
  const path = await mkdtemp(join(folder, `${name}-`));
  const model = JSON.parse(await readFile(join(tfjs, 'model.json'), 'utf8')) as {
    weightsManifest: Group[];
  };
  const weightsManifest = change(
    model.weightsManifest.map((group) => ({ ...group, paths: ['weights.bin'] })),
  );
  await writeFile(join(path, 'model.json'), JSON.stringify({ ...model, weightsManifest }));
  return { path };
}
