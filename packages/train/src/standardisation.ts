import type { LinearHead } from './linear-head.ts';

/** Per column. */
export interface ColumnStatistics {
  readonly mean: Float64Array;
  /** Standard deviation, or 1 for a column that does not vary. */
  readonly deviation: Float64Array;
}

/**
 * A column that varies by less than this share of its mean holds rounding errors of float32 (1.2e-7 each)
 * and no signal: divided by its deviation they would count like any other column.
 */
const CONSTANT_SHARE = 1e-6;

/** @param values `[N, size]`, row-major */
export function columnStatistics(values: Float32Array, size: number): ColumnStatistics {
  const count = values.length / size;
  const mean = new Float64Array(size);
  const variance = new Float64Array(size);
  for (const [index, value] of values.entries()) {
    mean[index % size] = (mean[index % size] as number) + value / count;
  }
  for (const [index, value] of values.entries()) {
    const column = index % size;
    const distance = value - (mean[column] as number);
    variance[column] = (variance[column] as number) + (distance * distance) / count;
  }
  const deviation = variance.map((own, column) => {
    const root = Math.sqrt(own);
    return root > CONSTANT_SHARE * Math.abs(mean[column] as number) ? root : 1;
  });
  return { mean, deviation };
}

/** `(x - mean) / deviation` per column. */
export function standardise(
  values: Float32Array,
  { mean, deviation }: ColumnStatistics,
): Float64Array {
  const size = mean.length;
  return Float64Array.from(values, (value, index) => {
    const column = index % size;
    return (value - (mean[column] as number)) / (deviation[column] as number);
  });
}

/**
 * The head that does for raw values what `head` does for standardised ones:
 * `((x - mean) / deviation) * W + b = x * (W / deviation) + (b - mean / deviation * W)`.
 */
export function foldStandardisation(
  head: LinearHead,
  { mean, deviation }: ColumnStatistics,
): LinearHead {
  const classes = head.bias.length;
  const bias = head.bias.slice();
  const kernel = head.kernel.map((weight, index) => {
    const row = Math.floor(index / classes);
    const column = index % classes;
    const scaled = weight / (deviation[row] as number);
    bias[column] = (bias[column] as number) - scaled * (mean[row] as number);
    return scaled;
  });
  return { kernel, bias };
}
