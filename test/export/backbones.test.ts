import { BACKBONES, loadTfjs, type BackboneName } from '@isometry/train';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { buildClassifier, convertLayersModel } from '@isometry/export';
import { compareWithTfjs, openConverted, toModelFile } from './layers-model.ts';

describe('a backbone that @isometry/train built', () => {
  it.each([
    ['mobilenet', 32, 0.25],
    ['resnet50', 32, 1],
    ['inceptionv3', 75, 1],
  ] as const satisfies readonly [BackboneName, number, number][])(
    'computes in ONNX Runtime what it does in tfjs: %s',
    async (name, side, widthMultiplier) => {
      const tf = await loadTfjs();
      const input = tf.input({ shape: [side, side, 3] });
      const features = BACKBONES[name].build(tf, input, { widthMultiplier, seed: 1 });
      const apply = (layer: InstanceType<typeof tf.layers.Layer>, x: SymbolicTensor) =>
        layer.apply(x as never) as SymbolicTensor;
      const pool = tf.layers.globalAveragePooling2d({ name: 'embedding' });
      const embedding = apply(pool, features);
      const logits = apply(tf.layers.dense({ units: 2, name: 'logits' }), embedding);
      const outputs = [embedding, logits] as never;
      const model = tf.model({ inputs: input, outputs }) as unknown as LayersModel;
      const { nodes } = buildClassifier(convertLayersModel(await toModelFile(model))).model.graph;
      const operators = new Set(nodes.map(({ opType }) => opType));
      const session = await openConverted(model);
      const difference = await compareWithTfjs(model, session, { count: 2, batch: 2, seed: 3 });
      await session.close();
      for (const layer of model.layers) layer.dispose();
      // Channels first inside, with nothing turned, padded or normalised apart from the convolutions.
      const apart = ['Transpose', 'Pad', 'BatchNormalization'];
      expect(apart.filter((operator) => operators.has(operator))).toEqual([]);
      // Measured: 1.0e-6 and 2.2e-6 at most; float32 sums through 53 to 94 convolutions.
      expect(difference.embedding.relativeL2).toBeLessThan(1e-5);
      expect(difference.logits.relativeL2).toBeLessThan(1e-5);
    },
  );
});
