import { buildClassifier, convertLayersModel } from '@isometry/export';
import { describe, expect, it } from 'vitest';
import { compareWithTfjs, openConverted, randomiseWeights, toModelFile } from './layers-model.ts';
import { buildMobileNet } from './mobilenet.ts';

/** 64 is even all the way down; 65 and 97 make SAME pad on other sides than at 64. */
const cases = [64, 65, 97].flatMap((side) => [
  { side, normalise: false },
  { side, normalise: true },
]);

/**
 * The bound on logits, whose size here is about 3. Measured over these 102 images: 1.8e-6. What is left is
 * float32 summation in another order.
 */
const MAX_LOGIT_DIFFERENCE = 1e-4;

describe('MobileNet of width 0.25 with random batch statistics', () => {
  it.each(cases)(
    'gives the logits of tfjs at $side px, normalised: $normalise',
    async ({ side, normalise }) => {
      const model = buildMobileNet({ side, normalise });
      randomiseWeights(model, side);
      const session = await openConverted(model);
      const { logits, embedding } = await compareWithTfjs(model, session, {
        count: 17,
        batch: 17,
        seed: side,
      });
      await session.close();
      expect(logits.maxAbs).toBeLessThan(MAX_LOGIT_DIFFERENCE);
      // Measured: 3.8e-7 of the norm.
      expect(embedding.relativeL2).toBeLessThan(2e-6);
    },
  );

  it('has one node a layer that computes, and nothing for layout', async () => {
    const file = await toModelFile(buildMobileNet({ side: 65, normalise: true }));
    const { nodes } = buildClassifier(convertLayersModel(file)).model.graph;
    const count = (opType: string): number => nodes.filter((node) => node.opType === opType).length;
    const counts = Object.fromEntries(
      [...new Set(nodes.map(({ opType }) => opType))].map((opType) => [opType, count(opType)]),
    );
    expect(counts).toEqual({
      Conv: 27,
      Clip: 28,
      GlobalAveragePool: 1,
      Flatten: 1,
      Gemm: 2,
      ReduceL2: 1,
      Div: 1,
      Softmax: 1,
      Identity: 2,
    });
    const names = new Set(nodes.map(({ name }) => name));
    expect(
      ['conv1', 'conv_dw_13', 'conv_pw_13_relu', 'pool', 'embedding', 'logits'].filter(
        (name) => !names.has(name),
      ),
    ).toEqual([]);
  });

  it('gives the same without folding, with a node for every layer', async () => {
    const model = buildMobileNet({ side: 65, normalise: true });
    randomiseWeights(model, 1);
    const graph = convertLayersModel(await toModelFile(model));
    const { nodes } = buildClassifier(graph, { fold: false }).model.graph;
    expect(nodes.filter(({ opType }) => opType === 'BatchNormalization')).toHaveLength(27);
    expect(nodes.filter(({ opType }) => opType === 'Pad')).toHaveLength(4);
    const session = await openConverted(model, { fold: false });
    const { logits } = await compareWithTfjs(model, session, { count: 2, batch: 2, seed: 5 });
    await session.close();
    expect(logits.maxAbs).toBeLessThan(MAX_LOGIT_DIFFERENCE);
  });
});
