import type { LayersModel, Tensor2D, Tensor4D } from '@tensorflow/tfjs-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { deployNetwork } from '../deploy-network.ts';
import { createNetwork } from '../network.ts';
import { loadTfjs, type Tfjs } from '../tfjs.ts';
import { orientationViews } from './orientation-views.ts';

let tf: Tfjs;
beforeAll(async () => {
  tf = await loadTfjs();
});

const OPTIONS = {
  width: 32,
  height: 32,
  backbone: 'mobilenet',
  widthMultiplier: 0.25,
  batchNormMomentum: 0.99,
  embeddingSize: 4,
  classes: 2,
  cosineScale: 0,
  freeze: null,
  seed: 1,
} as const;

/** All eight orientations of `[1, S, S, C]`, made by turning and flipping step by step. */
function turned(image: Tensor4D): Tensor4D[] {
  const all: Tensor4D[] = [];
  let current = image;
  for (let turn = 0; turn < 4; turn += 1) {
    all.push(current, current.reverse(2));
    current = current.transpose<Tensor4D>([0, 2, 1, 3]).reverse(2);
  }
  return all;
}

describe('orientationViews', () => {
  it('shows every image in the eight orientations that turning and flipping give', () => {
    const images = tf.randomUniform([2, 3, 3, 2], 0, 1, 'float32', 5) as Tensor4D;
    const views = orientationViews(tf, 'views').apply(images) as Tensor4D;
    expect(views.shape).toEqual([16, 3, 3, 2]);
    for (const row of [0, 1]) {
      const image = images.slice([row, 0, 0, 0], [1, 3, 3, 2]);
      const expected = turned(image).map((view) => [...view.dataSync()].join());
      const seen = Array.from({ length: 8 }, (_, view) =>
        [...views.slice([view * 2 + row, 0, 0, 0], [1, 3, 3, 2]).dataSync()].join(),
      );
      expect(new Set(expected).size).toBe(8);
      expect(seen.sort()).toEqual(expected.sort());
    }
  });
});

describe('deployNetwork', () => {
  it.each([true, false])(
    'averages the embeddings of all orientations, and then normalises: %s',
    (normalise) => {
      const before = tf.memory().numTensors;
      const trained = createNetwork(tf, { ...OPTIONS, normalise });
      const deployed = deployNetwork(tf, trained, { ...OPTIONS, normalise }, 8);
      tf.tidy(() => {
        const image = tf.randomUniform([1, 32, 32, 3], -1, 1, 'float32', 7) as Tensor4D;
        const [embedding, logits] = deployed.model.apply(image) as [Tensor2D, Tensor2D];
        const dense = trained.model.getLayer(normalise ? 'embedding_dense' : 'embedding');
        const plain = tf.model({
          inputs: trained.model.inputs,
          outputs: dense.output as never,
        }) as LayersModel;
        const mean = tf.mean(plain.apply(tf.concat(turned(image))) as Tensor2D, 0, true);
        const expected = normalise ? mean.div(mean.norm()) : mean;
        expect(embedding.sub(expected).abs().max().dataSync()[0]).toBeLessThan(1e-5);
        expect(logits.shape).toEqual([1, 2]);
        // What the layers are for: the answer does not depend on how the photo was held.
        const [other] = deployed.model.apply(image.reverse(1)) as [Tensor2D];
        expect(other.sub(embedding).abs().max().dataSync()[0]).toBeLessThan(1e-5);
      });
      trained.dispose();
      deployed.dispose();
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});
