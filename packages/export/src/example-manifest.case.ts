import type { Manifest } from '@isometry/core';

/** A manifest with everything that the files beside the model tell of, and what a test changes of it. */
export function exampleManifest(changed: Partial<Manifest> = {}): Manifest {
  return {
    version: 1,
    name: 'toes',
    labels: ['corn', 'normal skin', 'wart'],
    pixels: {
      version: 'pixels/1',
      width: 64,
      height: 64,
      fit: 'contain',
      filter: 'bilinear',
      background: [0, 0, 0],
      mean: [0.5, 0.5, 0.5],
      std: [0.25, 0.25, 0.25],
      jpegOversampling: 2,
    },
    embedding: { size: 2, normalised: false, distance: 'euclidean' },
    calibration: { temperature: 1.7, method: 'nll on the validation split' },
    training: {
      backbone: 'mobilenet',
      widthMultiplier: 0.25,
      loss: {
        name: 'lifted-structured',
        preset: 'paper',
        normalise: false,
        distance: 'euclidean',
        squared: false,
        margin: 1,
        reduction: 'mean-positive-pairs',
      },
      hyperparameters: { epochs: 3 },
      seed: 7,
      dataDigest: 'a'.repeat(64),
      splitDigest: 'b'.repeat(64),
      versions: { '@tensorflow/tfjs-node': '4.22.0' },
    },
    metrics: {
      split: 'test',
      count: 60,
      accuracy: { value: 0.9, low: 0.8, high: 0.955, level: 0.95, method: 'wilson' },
    },
    license: 'CC-BY-4.0',
    intendedUse: 'Tests.',
    canary: null,
    ...changed,
  };
}
