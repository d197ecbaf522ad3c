import type { AugmentationConfig } from './augment/augmentation-config.ts';
import type { Schedule } from './learning-rate.ts';
import type { LossName } from './losses/loss-presets.ts';

/** How everything but the loss' formula is chosen. */
export type ProtocolName = 'paper' | 'best';

/** The names, for options. */
export const PROTOCOL_NAMES: readonly ProtocolName[] = ['best', 'paper'];

/** Whether the classifier stage trains a linear layer on frozen embeddings, or goes on with the whole network. */
export type ClassifierMode = 'frozen' | 'fine-tune';

export const CLASSIFIER_MODES: readonly ClassifierMode[] = ['frozen', 'fine-tune'];

/**
 * How the batches of the embedding stage are made: every image once, in random order; or equally many
 * images of every class, so that small classes come more often. `auto` takes the first where a batch
 * has four images of a class to be expected, and else the second.
 */
export type SamplerName = 'auto' | 'shuffled' | 'balanced';

export const SAMPLER_NAMES: readonly SamplerName[] = ['auto', 'shuffled', 'balanced'];

/** The settings that a protocol fixes, and an option overrides. */
export interface Protocol {
  /** The loss where none is named. */
  readonly loss: LossName;
  /** Values of an embedding. */
  readonly embeddingSize: number;
  /** Most epochs of the embedding stage, or of the whole network with cross-entropy. */
  readonly epochs: number;
  readonly learningRate: number;
  readonly schedule: Schedule;
  readonly warmupEpochs: number;
  readonly sampler: SamplerName;
  /** What cross-entropy counts beside the metric loss in the embedding stage; 0 for the metric loss alone. */
  readonly crossEntropyWeight: number;
  /** What ends a stage, and whether it ends with its best epoch's weights or with its last one's. */
  readonly monitor: 'training-loss' | 'validation-loss';
  readonly patience: number;
  readonly classifier: ClassifierMode;
  /** Epochs of fine-tuning; a frozen classifier has its own limit. */
  readonly classifierEpochs: number;
  /** Of fine-tuning; null goes on along the first stage's curve. */
  readonly classifierLearningRate: number | null;
  /** Epochs without a better loss after which a frozen classifier stops; an epoch takes milliseconds. */
  readonly headPatience: number;
  /** Weighs classes by the inverse of their size in cross-entropy. */
  readonly classWeights: boolean;
  readonly labelSmoothing: number;
  /**
   * What is subtracted from a class' logit in the end, times the logarithm of its share of the training images (Menon et
   * al. 2021, "Long-tail learning via logit adjustment", eq. 9): rare classes are then found more often. 0 for nothing.
   */
  readonly logitAdjustment: number;
  readonly augmentation: AugmentationConfig | null;
  /**
   * In how many orientations the finished network looks at an image: 1, or 8, all flips and quarter turns, whose
   * embeddings are averaged. 8 cost eight times the computation of an answer, and are for images that have no up and down.
   */
  readonly orientations: 1 | 8;
  /** Decay a step of the average of the weights that is kept; 0 for none. */
  readonly averageDecay: number;
  readonly batchNormMomentum: number;
}

export const PROTOCOLS: Readonly<Record<ProtocolName, Protocol>> = {
  // The paper's "Method": what it gives is taken from there, what it does not is Keras' default.
  paper: {
    loss: 'lifted-structured',
    embeddingSize: 64,
    epochs: 100,
    learningRate: 5e-4,
    schedule: 'constant',
    warmupEpochs: 0,
    // "No resampling": the authors say that it would raise overfitting.
    sampler: 'auto',
    crossEntropyWeight: 0,
    monitor: 'training-loss',
    patience: 3,
    classifier: 'frozen',
    classifierEpochs: 100,
    classifierLearningRate: 6e-4,
    headPatience: 3,
    classWeights: false,
    labelSmoothing: 0,
    logitAdjustment: 0,
    augmentation: null,
    orientations: 1,
    averageDecay: 0,
    batchNormMomentum: 0.99,
  },
  // What proved itself on validation folds of ham3: docs/results.md says what each part gave.
  best: {
    loss: 'supervised-contrastive',
    embeddingSize: 128,
    epochs: 10,
    learningRate: 6e-4,
    schedule: 'cosine',
    warmupEpochs: 1,
    sampler: 'auto',
    crossEntropyWeight: 1,
    monitor: 'validation-loss',
    patience: 10,
    classifier: 'fine-tune',
    classifierEpochs: 4,
    classifierLearningRate: null,
    headPatience: 50,
    classWeights: true,
    labelSmoothing: 0,
    logitAdjustment: 1,
    // Quarter turns and flips change no pixel's value; rotation by any angle, crops and colour cost points.
    augmentation: {
      flip: true,
      quarterTurns: true,
      rotateDegrees: 0,
      crop: 1,
      colour: { brightness: 0, contrast: 0, saturation: 0 },
    },
    orientations: 8,
    averageDecay: 0.99,
    batchNormMomentum: 0.9,
  },
};
