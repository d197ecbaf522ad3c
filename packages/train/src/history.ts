/** One epoch of the frozen classifier: an epoch's line in the run's log.jsonl. */
export interface EpochRecord {
  readonly stage: 'train-classifier';
  /** From 1. */
  readonly epoch: number;
  readonly steps: number;
  /** Mean over the epoch's batches, in training mode. */
  readonly loss: number;
  /** On the validation split, in inference mode, in nats per image; what early stopping watches. */
  readonly validationLoss: number;
}
