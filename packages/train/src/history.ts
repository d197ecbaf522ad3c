/** One epoch: a line of the run's history.jsonl. No times in it: the same run gives the same file. */
export interface EpochRecord {
  readonly stage: 'train-embedding' | 'train-classifier';
  /** From 1. */
  readonly epoch: number;
  readonly steps: number;
  /** Mean over the epoch's batches, in training mode. */
  readonly loss: number;
  /** On the validation split, in inference mode, in nats per image; what early stopping watches. */
  readonly validationLoss: number;
}
