import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildClassifier, convertLayersModel, readTfjsModel } from '@isometry/export';
import { encodeModel } from '@isometry/onnx';
import { describe, expect, it } from 'vitest';
import { toNchw } from './layers-model.ts';
import { openCpuSession, valuesOf } from './onnx-session.ts';
import { difference } from './stranger.ts';

/** Made by Keras 2.15 and tensorflowjs 4.22: see make_layers_models.py there. */
const FIXTURES = join(import.meta.dirname, '../fixtures/layers-models');

/** Measured over both files of full precision and both quantised ones: 4.8e-7, of values up to 3. */
const MAX_DIFFERENCE = 2e-6;

async function floats(...path: readonly string[]): Promise<Float32Array> {
  const bytes = await readFile(join(FIXTURES, ...path));
  return Float32Array.from({ length: bytes.length / 4 }, (_, index) =>
    bytes.readFloatLE(index * 4),
  );
}

async function run(name: string, fold: boolean): Promise<(output: string) => Float32Array> {
  const file = await readTfjsModel(join(FIXTURES, name, 'model.json'));
  const { model } = buildClassifier(convertLayersModel(file), { fold });
  const session = await openCpuSession(encodeModel(model));
  const images = toNchw(await floats(name, 'images.bin'), 2);
  const feeds = { pixel_values: { data: images, dims: [2, 3, 12, 10] } };
  const outputs = await session.run(feeds, [...session.outputNames]);
  await session.close();
  return (output) => valuesOf(outputs, output);
}

describe.each([true, false])('what the converter of Keras’ models writes, folded: %s', (fold) => {
  it.each(['nested', 'nested-uint8', 'nested-float16'])(
    'answers as Keras does: %s, with models in models, shared, of several outputs',
    async (name) => {
      const output = await run(name, fold);
      expect(difference(await floats(name, 'output-0.bin'), output('embedding'))).toBeLessThan(
        MAX_DIFFERENCE,
      );
      expect(difference(await floats(name, 'output-1.bin'), output('probabilities'))).toBeLessThan(
        MAX_DIFFERENCE,
      );
      expect(difference(await floats(name, 'output-2.bin'), output('is_left'))).toBeLessThan(
        MAX_DIFFERENCE,
      );
    },
  );

  it('answers as Keras does: a stack of a stack, with one sigmoid for two classes', async () => {
    const output = await run('stack', fold);
    const second = output('probabilities').filter((_, index) => index % 2 === 1);
    expect(difference(await floats('stack', 'output-0.bin'), second)).toBeLessThan(MAX_DIFFERENCE);
  });
});
