import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BACKBONES, loadTfjs, loadWeights, type BackboneName, type Tfjs } from '@isometry/train';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runJudge, whyNoTensorFlowJudge } from '../judges.ts';

const SCRIPT = join(import.meta.dirname, 'keras_features.py');

/** What `keras_features.py make` says of a case. */
interface KerasModel {
  /** Of the pixels: `[N, H, W, 3]`. */
  readonly shape: readonly [number, number, number, number];
  readonly features: number;
  readonly weights: number;
  readonly layers: readonly string[];
}

const skipReason = whyNoTensorFlowJudge();
let tf: Tfjs;
let folder = '';
let keras: Readonly<Record<string, KerasModel>>;
beforeAll(async () => {
  if (skipReason !== undefined) return;
  tf = await loadTfjs();
  folder = await mkdtemp(join(tmpdir(), 'isometry-keras-'));
  keras = JSON.parse(await runJudge(SCRIPT, ['make', folder])) as typeof keras;
});
afterAll(() => (folder === '' ? undefined : rm(folder, { recursive: true })));

async function readFloats(name: string): Promise<Float32Array> {
  return new Float32Array(Uint8Array.from(await readFile(join(folder, name))).buffer);
}

describe('with the weights of a file that Keras made', () => {
  it.for([
    ['mobilenet', 'mobilenet', 1],
    ['mobilenet_0.5', 'mobilenet', 0.5],
    ['resnet50', 'resnet50', 1],
    // Its names are counted from 1, as in Keras' official file.
    ['inceptionv3', 'inceptionv3', 1],
  ] as const satisfies readonly [string, BackboneName, number][])(
    'gives the features of Keras: %s',
    async ([name, backbone, widthMultiplier], { skip }) => {
      skip(skipReason !== undefined, skipReason);
      const made = keras[name] as KerasModel;
      const { build, preprocessing } = BACKBONES[backbone];
      const [, height, width] = made.shape;
      const input = tf.input({ shape: [height, width, 3] });
      const output = build(tf, input, { widthMultiplier, seed: 1 });
      const model = tf.model({ inputs: input, outputs: output });
      // Keras' last one pools.
      expect(model.layers.map((layer) => layer.name).slice(1)).toEqual(made.layers.slice(1, -1));

      const report = await loadWeights(tf, model, join(folder, `${name}.h5`), { backbone });
      expect(report).toMatchObject({ format: 'keras-h5', missing: [], unused: [] });
      expect(report.loaded).toHaveLength(made.weights);

      const pixels = await readFloats(`${name}.pixels`);
      const features = tf.tidy(() => {
        const scaled = tf.tensor4d(pixels, [...made.shape]).div(255);
        const x = scaled.sub(preprocessing.mean).div(preprocessing.std);
        return (model.predict(x) as typeof x).mean([1, 2]).dataSync();
      });
      for (const layer of model.layers) layer.dispose();

      const expected = await readFloats(`${name}.features`);
      expect(features).toHaveLength(3 * made.features);
      expect(expected).toHaveLength(3 * made.features);
      let largest = 0;
      let difference = 0;
      for (const [index, value] of expected.entries()) {
        largest = Math.max(largest, Math.abs(value));
        difference = Math.max(difference, Math.abs((features[index] as number) - value));
      }
      // Features that vanish would agree with anything.
      expect(largest).toBeGreaterThan(0.1);
      // Measured: 0, and 3.9e-5 of at most 63 for ResNet50, whose pixels are scaled by another formula.
      expect(difference).toBeLessThan(1e-4);
    },
  );
});
