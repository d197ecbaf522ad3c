import { createNetwork, type CreateNetworkOptions, type Network } from './network.ts';
import { readWeights, writeWeights } from './network-weights.ts';
import type { Tfjs } from './tfjs.ts';

/**
 * The network that is kept, with the weights of the one that was trained: it looks at an image in several
 * orientations and averages its embeddings, where training saw one at a time.
 * @param options of the trained network, whose classifier is linear by now
 */
export function deployNetwork(
  tf: Tfjs,
  trained: Network,
  options: CreateNetworkOptions,
  orientations: number,
): Network {
  const network = createNetwork(tf, { ...options, cosineScale: 0, freeze: null, orientations });
  const weights = new Map(readWeights(trained.model));
  for (const part of ['kernel', 'bias']) {
    const dense = weights.get(`embedding/${part}`);
    if (dense !== undefined) weights.set(`embedding_dense/${part}`, dense);
  }
  writeWeights(tf, network.model, weights);
  return network;
}
