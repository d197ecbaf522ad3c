import type { LayersModel } from '@tensorflow/tfjs-node';
import type { SplitName } from '@isometry/dataset';
import type { TrainSettings } from './train-options.ts';

/** What a run is going to do, told before its first step. */
export interface TrainingPlan {
  readonly settings: TrainSettings;
  /** Images of each class, by split; in the order of the labels. */
  readonly classes: readonly ({ readonly label: string } & Readonly<Record<SplitName, number>>)[];
  /** Images of the largest class over those of the smallest, in the training split. */
  readonly imbalance: number;
  readonly parameters: { readonly total: number; readonly trainable: number };
  /** Where the weights come from, e.g. `random`, or the file with what it lacks. */
  readonly weights: string;
  readonly stages: readonly PlannedStage[];
  /** Of what is left to do, measured on the first batch; early stopping may end sooner. Evaluation after epochs is not in it. */
  readonly atMostSeconds: number;
  readonly resumed: { readonly stage: string; readonly epoch: number } | null;
}

export interface PlannedStage {
  readonly name: string;
  /** At most. */
  readonly epochs: number;
  /** In the first epoch. */
  readonly steps: number;
}

/** Counts a model's parameters, e.g. 3,228,864 for MobileNet's backbone at width 1. */
export function countParameters(model: LayersModel): { total: number; trainable: number } {
  return { total: countValues(model.weights), trainable: countValues(model.trainableWeights) };
}

function countValues(weights: LayersModel['weights']): number {
  return weights.reduce(
    (sum, { shape }) => sum + shape.reduce((product: number, side) => product * (side ?? 1), 1),
    0,
  );
}

/** Images by class and split. */
export function countClasses(
  labels: readonly string[],
  splits: Readonly<Record<SplitName, { readonly classes: readonly number[] }>>,
): TrainingPlan['classes'] {
  const count = (split: SplitName, label: number): number =>
    splits[split].classes.filter((own) => own === label).length;
  return labels.map((label, index) => ({
    label,
    train: count('train', index),
    validation: count('validation', index),
    test: count('test', index),
  }));
}

/** Largest over smallest class of the training split. */
export function imbalanceOf(classes: TrainingPlan['classes']): number {
  const counts = classes.map(({ train }) => train);
  return Math.max(...counts) / Math.max(1, Math.min(...counts));
}
