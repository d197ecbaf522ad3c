/** How the learning rate changes over a stage. */
export type Schedule = 'constant' | 'cosine';

/** The names, for options. */
export const SCHEDULES: readonly Schedule[] = ['constant', 'cosine'];

export interface LearningRateOptions {
  /** The highest value, above 0. */
  readonly learningRate: number;
  /** `cosine` falls from it to 0 along half a cosine (Loshchilov and Hutter 2017, eq. 5, without restarts). */
  readonly schedule: Schedule;
  /** Epochs in which it rises linearly from 0 first; 0 for none, at most `epochs`. */
  readonly warmupEpochs: number;
  /** Epochs that the stage has at most. */
  readonly epochs: number;
  /** Epochs of the same curve that belong to stages before and after this one. @defaultValue 0 */
  readonly epochsBefore?: number | undefined;
  readonly epochsAfter?: number | undefined;
}

/**
 * The learning rate of one step.
 * @param done epochs of this stage that are done, with the fraction of the running one: 0 at the first step
 */
export function learningRateAt(done: number, options: LearningRateOptions): number {
  const { learningRate, schedule, warmupEpochs, epochsBefore = 0, epochsAfter = 0 } = options;
  const epochs = epochsBefore + options.epochs + epochsAfter;
  const at = epochsBefore + done;
  if (at < warmupEpochs) {
    // Not 0 at the very first step, which would be wasted.
    const first = Math.min(1e-2, 1 / Math.max(1, warmupEpochs));
    return learningRate * Math.max(first, at / warmupEpochs);
  }
  if (schedule === 'constant') return learningRate;
  const share = Math.min(1, (at - warmupEpochs) / Math.max(1e-9, epochs - warmupEpochs));
  return (learningRate * (1 + Math.cos(Math.PI * share))) / 2;
}
