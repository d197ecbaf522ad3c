import type { Interval } from '../manifest.ts';
import { quantile } from './quantile.ts';
import { resample, type BootstrapOptions, type Statistic } from './resample.ts';

/**
 * Percentile bootstrap (B. Efron 1979), 95 %: the interval that holds the statistic of 95 of 100 sets of images
 * drawn from these with replacement.
 *
 * @param count images
 * @throws `OPTION_INVALID` without images, or when the statistic is not finite
 * @example
 * bootstrapInterval(truth.length, (rows) => share(rows, (row) => predicted[row] === truth[row]), { clusters: patients });
 */
export function bootstrapInterval(
  count: number,
  statistic: Statistic,
  options: BootstrapOptions = {},
): Interval {
  const { value, draws } = resample(count, statistic, options);
  return percentileInterval(value, draws, options);
}

/** Between the 2.5th and the 97.5th percentile of the draws, NumPy's. Sorts them. */
export function percentileInterval(
  value: number,
  draws: Float64Array,
  { clusters }: BootstrapOptions,
): Interval {
  draws.sort();
  return {
    value,
    low: quantile(draws, 0.025),
    high: quantile(draws, 0.975),
    level: 0.95,
    method: clusters === undefined ? 'bootstrap' : 'cluster bootstrap',
  };
}
