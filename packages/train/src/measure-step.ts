import { performance } from 'node:perf_hooks';
import { readWeights, writeWeights } from './network-weights.ts';
import type { Stage, StageHost } from './train-stage.ts';

/** The first step allocates; the ones after it are alike. */
const STEPS = 3;

/**
 * Times a stage's step on its first batch: forward and backward, without changing anything.
 * @returns seconds, the least of the steps after the first
 */
export async function measureStep(host: StageHost, stage: Stage): Promise<number> {
  const { tf, model, train } = host;
  const [positions] = stage.planEpoch(1);
  if (positions === undefined) return 0;
  const data = await host.loader.load({
    images: positions.map((position) => train.images[position] as number),
  });
  const before = readWeights(model);
  const input = tf.tensor4d(data, [positions.length, ...host.inputSize, 3]);
  let least = Number.POSITIVE_INFINITY;
  try {
    for (let step = 0; step < STEPS; step += 1) {
      const started = performance.now();
      const { value, grads } = tf.variableGrads(
        () => stage.loss(input, positions, () => undefined),
        stage.variables.map(({ variable }) => variable),
      );
      value.dataSync();
      tf.dispose([value, ...Object.values(grads)]);
      if (step > 0) least = Math.min(least, performance.now() - started);
    }
  } finally {
    input.dispose();
    // Batch norm has moved its statistics.
    writeWeights(tf, model, before);
  }
  return least / 1000;
}
