import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildClassifier, convertLayersModel, readTfjsModel } from '@isometry/export';
import { encodeModel } from '@isometry/onnx';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toModelFile } from './layers-model.ts';
import { apply } from './mobilenet.ts';
import {
  build,
  difference,
  features,
  graphOf,
  MAX_DIFFERENCE,
  runBoth,
  SHAPE,
} from './stranger.ts';
import { tf } from './tfjs.ts';

const { layers } = tf;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-strangers-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a file as tfjs’ converter makes it', () => {
  /** Bytes or halves for every weight of more than one dimension, as the converter's quantization.py has them. */
  function quantise(
    values: Float32Array,
    dtype: string,
  ): { bytes: Uint8Array; quantization?: object } {
    const plain = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    if (dtype === 'float32') return { bytes: plain };
    if (dtype === 'float16') {
      const halves = Uint16Array.from(values, toHalf);
      return {
        bytes: new Uint8Array(halves.buffer),
        quantization: { dtype, original_dtype: 'float32' },
      };
    }
    const levels = dtype === 'uint8' ? 255 : 65_535;
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const scale = (high - low) / levels || 1;
    // The converter nudges the smallest value so that zero stays zero.
    const min = low > 0 || high < 0 ? low : Math.round(low / scale) * scale;
    const steps = values.map((value) =>
      Math.min(levels, Math.max(0, Math.round((value - min) / scale))),
    );
    const stored = dtype === 'uint8' ? Uint8Array.from(steps) : Uint16Array.from(steps);
    return {
      bytes: new Uint8Array(stored.buffer),
      quantization: { dtype, min, scale, original_dtype: 'float32' },
    };
  }

  function toHalf(value: number): number {
    const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
    const size = Math.abs(value);
    if (size < 2 ** -14) return sign | Math.round(size * 2 ** 24);
    const exponent = Math.floor(Math.log2(size));
    return sign + ((exponent + 15) << 10) + Math.round((size / 2 ** exponent - 1) * 1024);
  }

  const CUT = 333;

  /** Its path, and what tfjs itself makes of it. */
  async function writeConverted(
    name: string,
    model: LayersModel,
    dtype: string,
  ): Promise<{ path: string; inTfjs: LayersModel }> {
    const { topology, weights } = await toModelFile(model);
    const stored = [...weights].map(([weight, { shape, data }]) => ({
      ...quantise(data as Float32Array, shape.length > 1 ? dtype : 'float32'),
      spec: { name: weight, shape, dtype: 'float32' },
    }));
    const bytes = Buffer.concat(stored.map((one) => one.bytes));
    const paths = Array.from(
      { length: Math.ceil(bytes.length / CUT) },
      (_, index) => `group1-shard${index + 1}`,
    );
    const specs = stored.map(({ spec, quantization }) =>
      quantization === undefined ? spec : { ...spec, quantization },
    );
    const place = join(folder, name);
    await mkdir(place);
    await Promise.all(
      paths.map((path, index) =>
        writeFile(join(place, path), bytes.subarray(index * CUT, (index + 1) * CUT)),
      ),
    );
    const modelTopology = { keras_version: '2.2.4', backend: 'tensorflow', model_config: topology };
    const json = { modelTopology, weightsManifest: [{ paths, weights: specs }] };
    const path = join(place, 'model.json');
    await writeFile(path, JSON.stringify(json));
    const artifacts = {
      modelTopology,
      weightSpecs: specs,
      weightData: Uint8Array.from(bytes).buffer,
    };
    return { path, inTfjs: await tf.loadLayersModel(tf.io.fromMemory(artifacts as never)) };
  }

  it.each([
    // How far the probabilities are from those of the plain weights: measured 9.9e-4, 5.1e-6, 4.3e-5, 3.0e-8.
    ['uint8', 1e-4, 0.01],
    ['uint16', 1e-7, 1e-4],
    ['float16', 1e-6, 1e-3],
    ['float32', -1, MAX_DIFFERENCE],
  ])('is read and converted: %s', async (dtype, least, most) => {
    const end = layers.dense({ units: 4, activation: 'softmax' });
    const model = graphOf((x) => apply(end, features(x)));
    const { path, inTfjs } = await writeConverted(`converted-${dtype}`, model, dtype);
    const original = await runBoth(model, await build(model));
    const file = await readTfjsModel(path);
    expect(file.format).toBe('layers-model');
    const built = buildClassifier(convertLayersModel(file));
    const { tfjs, onnx } = await runBoth(inTfjs, built);
    expect(difference(tfjs[0], onnx['probabilities'])).toBeLessThan(MAX_DIFFERENCE);
    const moved = difference(original.tfjs[0], onnx['probabilities']);
    expect(moved).toBeGreaterThan(least);
    expect(moved).toBeLessThan(most);
  });

  it('has weights under the longer names that TensorFlow gives', async () => {
    const image = tf.input({ shape: [...SHAPE] });
    const inner = tf.model({ name: 'base', inputs: image, outputs: features(image) });
    const model = graphOf((x) =>
      apply(layers.dense({ units: 4, name: 'end' }), inner.apply(x) as SymbolicTensor),
    );
    const expected = await build(model);
    const { weights, ...file } = await toModelFile(model);
    const changes: readonly ((name: string) => string)[] = [
      (name) => `${name}:0`,
      (name) => (name.startsWith('end') ? name : `base/${name}`),
      (name) => name.replace('/', '/cell/'),
    ];
    for (const change of changes) {
      const renamed = new Map([...weights].map(([name, weight]) => [change(name), weight]));
      const built = buildClassifier(convertLayersModel({ ...file, weights: renamed }));
      expect(encodeModel(built.model)).toEqual(encodeModel(expected.model));
    }
    expect(() => convertLayersModel({ ...file, weights: new Map() })).toThrow(
      /lists no weight "conv/u,
    );
  });
});
