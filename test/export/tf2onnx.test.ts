import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OUTPUT_NAMES } from '@isometry/export';
import type { BackboneName } from '@isometry/train';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoTf2onnx } from '../judges.ts';
import { writeBackboneRun } from './backbone-run.ts';
import { kerasCases } from './keras-cases.ts';
import { layerCases } from './layer-cases.ts';
import { Draw } from './layer-draw.ts';
import { randomiseWeights } from './layers-model.ts';
import { apply } from './mobilenet.ts';
import { tf } from './tfjs.ts';
import { compareConverters } from './tf2onnx-model.ts';
import { draftFor } from './draft-for.ts';
import { writeRun } from './write-run.ts';

const isFull = process.env['ISOMETRY_FULL'] === '1';

/** The converters read the folder by themselves: nothing is handed to both but its path. */
const BACKBONES: readonly (readonly [BackboneName, number, number])[] = [
  ['mobilenet', 64, 0.25],
  ...(isFull
    ? ([
        ['mobilenet', 128, 1],
        ['resnet50', 64, 1],
        ['inceptionv3', 75, 1],
      ] as const)
    : []),
];

/** Cases that are about the native converter's reading alone, and why not Keras or tf2onnx. */
const NOT_THEIRS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['RandomBrightness', 'RandomContrast', 'RandomRotation', 'RandomTranslation', 'RandomZoom'].map(
      (title) => [title, 'the case leaves out what Keras wants to know for training'],
    ),
  ),
  SpatialDropout2D: 'the case leaves out its rate',
  'Conv2D with groups':
    'TensorFlow computes them on no CPU, and tf2onnx writes a call of its function',
};

/** Draws that Keras and tf2onnx take: a threshold of at least 0; a kernel of the stride's size, or pads are negative. */
const SEEDS: Readonly<Record<string, number>> = { ThresholdedReLU: 1, Conv2DTranspose: 10 };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-tf2onnx-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('tf2onnx', () => {
  it.for(BACKBONES)(
    'makes of a run what the native converter makes of it: %s at %i px, width %f',
    { timeout: 240_000 },
    async ([name, side, widthMultiplier], { skip }) => {
      const why = whyNoTf2onnx();
      skip(why !== undefined, why);
      const run = join(folder, `${name}-${side}`);
      await writeBackboneRun(run, { name, side, widthMultiplier, seed: 5 });
      const { native, theirs, outputs } = await compareConverters(run, {
        batch: 3,
        seed: 9,
        roles: { temperature: 1.7, labelCount: 3 },
      });
      await rm(run, { recursive: true });
      expect(theirs.producerName).toBe('tf2onnx');
      expect(theirs.graph.inputs).toEqual(native.graph.inputs);
      expect(theirs.graph.outputs).toEqual(native.graph.outputs);
      expect(theirs.graph.nodes.map(({ opType }) => opType)).not.toContain('Transpose');
      expect(outputs.map((output) => output.name)).toEqual(OUTPUT_NAMES);
      for (const { maxAbs, size } of outputs) {
        // The bound. Measured: 1.7e-7, 3.0e-7, 3.4e-7 and 3.8e-7 at most, of values up to 0.52.
        expect(maxAbs).toBeLessThan(1e-5);
        expect(size).toBeGreaterThan(0.1);
      }
    },
  );

  it('builds every layer as the native converter does', { timeout: 120_000 }, async ({ skip }) => {
    const why = whyNoTf2onnx();
    skip(why !== undefined, why);
    const image = tf.input({ shape: [7, 9, 3], name: 'pixel_values' });
    const cases = Object.entries({ ...layerCases, ...kerasCases });
    const built = cases
      .filter(([title]) => !Object.hasOwn(NOT_THEIRS, title))
      .map(([title, build]) => {
        // One each: some of tfjs' layers change the shape of what they are given.
        const map = apply(tf.layers.conv2d({ filters: 4, kernelSize: 1 }), image);
        return { title, output: build(new Draw(SEEDS[title] ?? title.length), map) };
      });
    const embedding = apply(tf.layers.globalAveragePooling2d({ name: 'embedding' }), image);
    const logits = apply(tf.layers.dense({ units: 3, name: 'logits' }), embedding);
    const outputs = [embedding, logits, ...built.map(({ output }) => output)];
    const model = tf.model({ inputs: image, outputs });
    randomiseWeights(model, 2);
    // Its variance is a weight, too.
    const normalisation = model.layers.filter((layer) => layer.getClassName() === 'Normalization');
    for (const layer of normalisation) layer.setWeights(layer.getWeights().map((w) => w.abs()));
    const run = join(folder, 'layers');
    await writeRun(run, model, draftFor(9, false));
    const compared = await compareConverters(run, { batch: 2, seed: 9 });
    const found = new Map(compared.outputs.map((output) => [output.name, output]));
    const apart = built.filter(({ output }) => {
      const one = found.get(output.name.split('/')[0] as string);
      // Measured: 6e-7 at most.
      return (
        one === undefined || !(one.relativeL2 < 3e-6) || one.dims.join() !== one.nativeDims?.join()
      );
    });
    expect(apart.map(({ title }) => title)).toEqual([]);
    expect(built.length).toBeGreaterThan(70);
  });
});
