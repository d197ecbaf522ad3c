import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportRun } from '@isometry/export';
import { createImageDecoder } from '@isometry/pixels';
import { createSession, loadClassifier } from '@isometry/runtime-node';
import { trainClassifier, type RecipeOptions } from '@isometry/train';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeSyntheticImages } from '../../scripts/synthetic-images.mjs';

let root = '';
let images = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'isometry-answers-'));
  images = join(root, 'images');
  await makeSyntheticImages({
    out: images,
    counts: { corn: 12, wart: 14, 'normal skin': 13 },
    size: 48,
  });
});
afterAll(() => rm(root, { recursive: true, force: true }));

const SMALL: RecipeOptions = {
  size: 33,
  widthMultiplier: 0.25,
  batchSize: 12,
  epochs: 2,
  classifierEpochs: 1,
  embeddingSize: 8,
};

// Everything that changes the graph behind the classes' backs: cosines, averages over orientations, adjusted logits.
it.each<[string, RecipeOptions]>([
  ['protocol best', {}],
  ['one orientation, not normalised', { orientations: 1, loss: 'lifted-structured' }],
  ['eight orientations, not normalised', { orientations: 8, loss: 'lifted-structured' }],
  ['protocol paper', { protocol: 'paper' }],
])(
  'the exported file gives the answers that training measured: %s',
  async (name, recipe) => {
    const out = join(root, name.replaceAll(/\W+/g, '-'));
    await trainClassifier({ ...SMALL, ...recipe, images, out });
    const model = join(out, 'model.onnx');
    await exportRun(out, { out: model, decode: createImageDecoder(), createSession });
    const { predictions, temperature } = JSON.parse(
      await readFile(join(out, 'metrics.json'), 'utf8'),
    ) as {
      temperature: number;
      predictions: { file: string; predicted: string; logits: number[] }[];
    };
    const classifier = await loadClassifier(model);
    let worst = 0;
    for (const { file, predicted, logits } of predictions) {
      const bytes = await readFile(join(images, file));
      const answer = await classifier.classify(bytes, { topK: 3 });
      expect(answer.label).toBe(predicted);
      const trace = await classifier.run(await tensorOf(bytes), { outputs: ['logits'] });
      for (const [index, value] of (trace['logits']?.data ?? []).entries()) {
        worst = Math.max(worst, Math.abs(value * temperature - (logits[index] as number)));
      }
    }
    await classifier.close();
    expect(predictions.length).toBeGreaterThan(3);
    // Measured: at most 1.6e-5 (one orientation, not normalised); two float32 implementations of the same sums.
    expect(worst).toBeLessThan(1e-4);

    async function tensorOf(bytes: Uint8Array) {
      const { pixels } = classifier.manifest;
      const { tensor } = await createImageDecoder()(bytes, pixels, {});
      return { data: tensor, dims: [1, 3, pixels.height, pixels.width] };
    }
  },
  120_000,
);
