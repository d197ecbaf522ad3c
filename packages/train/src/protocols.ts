import type { AugmentationConfig } from './augment/augmentation-config.ts';
import type { Schedule } from './learning-rate.ts';

/** How everything but the loss' formula is chosen. */
export type ProtocolName = 'paper' | 'best';

/** The names, for options. */
export const PROTOCOL_NAMES: readonly ProtocolName[] = ['best', 'paper'];

/** Whether the classifier stage trains a linear layer on frozen embeddings, or goes on with the whole network. */
export type ClassifierMode = 'frozen' | 'fine-tune';

export const CLASSIFIER_MODES: readonly ClassifierMode[] = ['frozen', 'fine-tune'];

/** The settings that a protocol fixes, and an option overrides. */
export interface Protocol {
  /** Most epochs of the embedding stage, or of the whole network with cross-entropy. */
  readonly epochs: number;
  readonly learningRate: number;
  readonly schedule: Schedule;
  readonly warmupEpochs: number;
  /** What ends a stage, and whether it ends with its best epoch's weights or with its last one's. */
  readonly monitor: 'training-loss' | 'validation-loss';
  readonly patience: number;
  readonly classifier: ClassifierMode;
  /** Epochs of fine-tuning; a frozen classifier has its own limit. */
  readonly classifierEpochs: number;
  readonly classifierLearningRate: number;
  /** Epochs without a better loss after which a frozen classifier stops; an epoch takes milliseconds. */
  readonly headPatience: number;
  /** Weighs classes by the inverse of their size in cross-entropy. */
  readonly classWeights: boolean;
  readonly labelSmoothing: number;
  readonly augmentation: AugmentationConfig | null;
  /** Decay a step of the average of the weights that is kept; 0 for none. */
  readonly averageDecay: number;
  readonly batchNormMomentum: number;
}

export const PROTOCOLS: Readonly<Record<ProtocolName, Protocol>> = {
  // The paper's "Method": what it gives is taken from there, what it does not is Keras' default.
  paper: {
    epochs: 100,
    learningRate: 5e-4,
    schedule: 'constant',
    warmupEpochs: 0,
    monitor: 'training-loss',
    patience: 3,
    classifier: 'frozen',
    classifierEpochs: 100,
    classifierLearningRate: 6e-4,
    headPatience: 3,
    classWeights: false,
    labelSmoothing: 0,
    augmentation: null,
    averageDecay: 0,
    batchNormMomentum: 0.99,
  },
  best: {
    epochs: 12,
    learningRate: 5e-4,
    schedule: 'cosine',
    warmupEpochs: 1,
    monitor: 'validation-loss',
    patience: 6,
    classifier: 'fine-tune',
    classifierEpochs: 8,
    classifierLearningRate: 3e-4,
    headPatience: 50,
    classWeights: true,
    labelSmoothing: 0,
    augmentation: {
      flip: true,
      quarterTurns: true,
      rotateDegrees: 0,
      crop: 1,
      colour: { brightness: 0.1, contrast: 0.1, saturation: 0.1 },
    },
    averageDecay: 0.99,
    batchNormMomentum: 0.9,
  },
};
