import { readFile, readdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  compareArrays,
  parseManifest,
  worstDifference,
  type Difference,
  type Tensor,
} from '@isometry/core';
import { readTfjsModel } from '@isometry/export';
import { readManifest } from '@isometry/onnx';
import { createImageDecoder } from '@isometry/pixels';
import { loadClassifier } from '@isometry/runtime-node';
import type { Tensor as TfTensor } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeModel, MODELS } from '../../scripts/make-models.mjs';
import { makeSyntheticImages, syntheticCounts } from '../../scripts/synthetic-images.mjs';
import { L2Normalize } from '../export/l2-normalize-layer.ts';
import { tf } from '../export/tfjs.ts';

/** Pictures that no model has seen. */
let folder: string;
let pictures: Uint8Array[];
beforeAll(async () => {
  tf.serialization.registerClass(L2Normalize);
  folder = await mkdtemp(join(tmpdir(), 'unseen-'));
  await makeSyntheticImages({ out: folder, seed: 99, counts: syntheticCounts(102), size: 80 });
  const files = await readdir(folder, { recursive: true });
  pictures = await Promise.all(
    files.filter((file) => file.endsWith('.jpg')).map((file) => readFile(join(folder, file))),
  );
});
afterAll(() => rm(folder, { recursive: true }));

/** The graph that training saved, in tfjs' own JavaScript: neither libtensorflow nor ONNX. */
async function loadTrainedGraph(modelJson: string) {
  const { topology, weights } = await readTfjsModel(modelJson);
  const model = await tf.models.modelFromJSON(topology as never);
  const values = model.weights.map(({ originalName }) => {
    const weight = weights.get(originalName);
    if (weight === undefined) throw new TypeError(`The run has no weight ${originalName}`);
    return tf.tensor(weight.data, [...weight.shape]);
  });
  model.setWeights(values);
  return model;
}

function toNhwc(planar: Float32Array): Float32Array {
  const area = planar.length / 3;
  return planar.map((_, index) => planar[(index % 3) * area + Math.floor(index / 3)] as number);
}

describe.each(Object.keys(MODELS))('the really trained model %s', (name) => {
  it('answers as the graph that training saved, on 102 unseen pictures', async () => {
    const path = await makeModel(name);
    const manifest = readManifest(await readFile(path));
    const graph = await loadTrainedGraph(join(dirname(path), 'run', 'model.json'));
    const classifier = await loadClassifier(path);
    const decode = createImageDecoder();
    const { width, height } = manifest.pixels;
    const temperature = manifest.calibration?.temperature ?? 1;

    const differences = { logits: [] as Difference[], embedding: [] as Difference[] };
    let agreed = 0;
    for (const picture of pictures) {
      const { tensor } = await decode(picture, manifest.pixels);
      const input = tf.tensor4d(toNhwc(tensor), [1, height, width, 3]);
      const [embedding, logits] = (graph.predict(input) as [TfTensor, TfTensor]).map((output) =>
        output.dataSync<'float32'>(),
      ) as [Float32Array, Float32Array];
      const scaled = logits.map((logit) => logit / temperature);
      const outputs = await classifier.run(
        { data: tensor, dims: [1, 3, height, width] },
        { outputs: ['embedding', 'logits'] },
      );
      const own = outputs as { embedding: Tensor; logits: Tensor };
      differences.logits.push(compareArrays(scaled, own.logits.data));
      differences.embedding.push(compareArrays(embedding, own.embedding.data));
      const answer = await classifier.classify(picture, { topK: 1 });
      if (answer.predictions[0]?.index === logits.indexOf(Math.max(...logits))) agreed += 1;
    }
    await classifier.close();

    // The bound.
    expect(worstDifference(differences.logits).maxAbs).toBeLessThan(1e-4);
    expect(worstDifference(differences.embedding).relativeL2).toBeLessThan(1e-4);
    expect(agreed).toBe(102);
    expect(pictures).toHaveLength(102);
  }, 180_000);
});

describe('the version 1 fixture', () => {
  it('is read by this version, and healthy', async () => {
    const path = new URL('../fixtures/model-v1.onnx', import.meta.url);
    const manifest = readManifest(await readFile(path));
    expect(manifest.version).toBe(1);
    expect(manifest).toEqual(parseManifest(JSON.stringify(manifest)));
    const classifier = await loadClassifier(path);
    expect(await classifier.health()).toMatchObject({ ok: true, pixelsMatch: true });
    await classifier.close();
  });
});
