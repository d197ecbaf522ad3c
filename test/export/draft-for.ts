import type { ManifestDraft } from '@isometry/core';

/** A manifest for a network of `side` pixels with 32 values of embedding and three labels. */
export function draftFor(side: number, normalise: boolean): ManifestDraft {
  return {
    version: 1,
    name: 'toes | *of* three kinds',
    labels: ['corn', 'normal skin', 'wart'],
    pixels: {
      version: 'pixels/1',
      width: side,
      height: side,
      fit: 'contain',
      filter: 'bilinear',
      background: [0, 0, 0],
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
      jpegOversampling: 2,
    },
    embedding: { size: 32, normalised: normalise, distance: 'euclidean' },
    calibration: { temperature: 1.7, method: 'nll on the validation split' },
    training: {
      backbone: 'mobilenet',
      widthMultiplier: 0.25,
      loss: {
        name: 'lifted-structured',
        preset: 'paper',
        normalise,
        distance: 'euclidean',
        squared: false,
        margin: 1,
        reduction: 'mean-positive-pairs',
      },
      hyperparameters: { epochs: 3, learningRate: 5e-4 },
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
  };
}
