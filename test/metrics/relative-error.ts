/** Collects how far scores are from those of a judge. */
export interface WorstErrors {
  /** Null, where a score does not exist, is near null alone. */
  note(name: string, actual: number | null, expected: number | null): void;
  /** The largest error of every name that is above `tolerance`. Empty is what a test expects. */
  above(tolerance: number): readonly string[];
}

/** Errors are in units of 2^-52, relative to 1 or to a larger value. */
export function createWorstErrors(): WorstErrors {
  const worst = new Map<string, number>();
  return {
    note(name, actual, expected) {
      worst.set(name, Math.max(worst.get(name) ?? 0, errorOf(actual, expected)));
    },
    above(tolerance) {
      if (worst.size === 0) return ['nothing was compared'];
      return [...worst]
        .filter(([, error]) => error > tolerance)
        .map(([name, error]) => `${name}: ${error}`);
    },
  };
}

function errorOf(actual: number | null, expected: number | null): number {
  if (actual === null || expected === null) return actual === expected ? 0 : Infinity;
  const error = Math.abs(actual - expected) / Math.max(1, Math.abs(expected)) / Number.EPSILON;
  return Number.isNaN(error) ? Infinity : error;
}
