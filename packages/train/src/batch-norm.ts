import type { LayersModel, Tensor4D } from '@tensorflow/tfjs-node';
import type { Tfjs } from './tfjs.ts';

/** The part of tfjs' BatchNormalization that its types keep private. */
interface WithMomentum {
  momentum: number;
}

/**
 * Sets the moving mean and variance of every batch normalisation to their average over `batches`
 * ("precise batch norm", Wu and Johnson 2021). With few steps an epoch the moving average that training
 * leaves behind still holds its initial values (0.99^63 = 0.53 after 63 steps), and it is drawn towards
 * equal classes, as the training batches are; draw these batches as the images come. Frozen layers keep theirs.
 *
 * @param batches makes the inputs `[N, H, W, 3]` one by one; each is disposed here
 */
export async function estimateBatchNorm(
  tf: Tfjs,
  model: LayersModel,
  batches: Iterable<Tensor4D> | AsyncIterable<Tensor4D>,
): Promise<void> {
  const layers = model.layers.filter((layer) => layer.getClassName() === 'BatchNormalization');
  const restlessLayers = layers as unknown as WithMomentum[];
  const before = restlessLayers.map(({ momentum }) => momentum);
  let seen = 0;
  try {
    for await (const batch of batches) {
      // With momentum n/(n+1) the layers' own update is the running average of n+1 batches.
      for (const layer of restlessLayers) layer.momentum = seen / (seen + 1);
      // Only the update counts; tidy would hand on, and so keep, what it returns.
      tf.tidy(() => {
        model.apply(batch, { training: true });
      });
      batch.dispose();
      seen += 1;
    }
  } finally {
    for (const [index, layer] of restlessLayers.entries()) layer.momentum = before[index] as number;
  }
}
