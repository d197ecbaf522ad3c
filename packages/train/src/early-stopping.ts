/** Remembers the best epoch by loss, with what it takes to go back to it. */
export interface EarlyStopping {
  /** @returns whether to stop: `patience` epochs in a row were not better than the best */
  after(epoch: number, loss: number): boolean;
  /** The best epoch so far, from 1; 0 before the first. */
  readonly bestEpoch: number;
  /** Puts the best epoch's weights back. */
  restoreBest(): void;
}

/** @param snapshot called at every epoch that is the best so far; copies the weights */
export function createEarlyStopping(
  patience: number,
  snapshot: () => { restore(): void },
): EarlyStopping {
  let best = Number.POSITIVE_INFINITY;
  let bestEpoch = 0;
  let kept: { restore(): void } | undefined;
  return {
    after: (epoch, loss) => {
      if (loss < best) {
        best = loss;
        bestEpoch = epoch;
        kept = snapshot();
      }
      return epoch - bestEpoch >= patience;
    },
    get bestEpoch() {
      return bestEpoch;
    },
    restoreBest: () => kept?.restore(),
  };
}
