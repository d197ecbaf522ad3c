/** Bins on each side of zero. 4,096 that are halved when a value does not fit: at least 2,048 stay in use, as many as ONNX Runtime's. */
const BINS = 4096;

/** How one value of a network is distributed over all images seen: its size does not grow with them. */
export interface ActivationHistogram {
  /** Of all values, exactly. */
  minimum: number;
  maximum: number;
  /** How many values there were. */
  count: number;
  /** How many of them are exactly 0: half of what a ReLU gives. */
  zeros: number;
  /** The width of a bin; 0 until a value is not zero. */
  width: number;
  /** How many values lie in `[i, i + 1) * width`, without the zeros. */
  readonly positive: Float64Array;
  /** How many values lie in `(-i - 1, -i] * width`, without the zeros. */
  readonly negative: Float64Array;
  /** The sum of every channel (the second dimension), for its mean. */
  readonly channelSums: Float64Array;
  /** The largest value of every channel, 0 where all are below. */
  readonly channelMaxima: Float64Array;
}

export function createHistogram(channels: number): ActivationHistogram {
  return {
    minimum: Infinity,
    maximum: -Infinity,
    count: 0,
    zeros: 0,
    width: 0,
    positive: new Float64Array(BINS),
    negative: new Float64Array(BINS),
    channelSums: new Float64Array(channels),
    channelMaxima: new Float64Array(channels),
  };
}

/**
 * Adds the values of a tensor `[N, C, …]`. Where one lies outside, the bins are merged two by two until it fits: the
 * counts stay exact.
 * @returns whether all values are finite; nothing is added otherwise
 */
export function addToHistogram(
  histogram: ActivationHistogram,
  values: Float32Array,
  dims: readonly number[],
): boolean {
  let [minimum, maximum] = [0, 0];
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number;
    if (value < minimum) minimum = value;
    else if (value > maximum) maximum = value;
    else if (Number.isNaN(value)) return false;
  }
  const largest = Math.max(maximum, -minimum);
  if (!Number.isFinite(largest)) return false;
  if (largest > 0) growTo(histogram, largest);
  const area = dims.slice(2).reduce((product, size) => product * size, 1);
  countValues(histogram, values, area);
  return true;
}

function growTo(histogram: ActivationHistogram, largest: number): void {
  // Powers of two: every width is reached by doubling, whatever the first images were.
  if (histogram.width === 0) histogram.width = 2 ** (Math.floor(Math.log2(largest / BINS)) + 1);
  while (largest >= histogram.width * BINS) {
    for (const side of [histogram.positive, histogram.negative]) {
      for (let bin = 0; bin < BINS / 2; bin += 1) {
        side[bin] = (side[2 * bin] as number) + (side[2 * bin + 1] as number);
      }
      side.fill(0, BINS / 2);
    }
    histogram.width *= 2;
  }
}

function countValues(histogram: ActivationHistogram, values: Float32Array, area: number): void {
  const { positive, negative, channelSums, channelMaxima } = histogram;
  const scale = histogram.width === 0 ? 0 : 1 / histogram.width;
  let [minimum, maximum, zeros, channel] = [histogram.minimum, histogram.maximum, 0, 0];
  for (let at = 0; at < values.length;) {
    let [sum, largest] = [0, 0];
    for (const end = at + area; at < end; at += 1) {
      const value = values[at] as number;
      sum += value;
      if (value < minimum) minimum = value;
      if (value > largest) largest = value;
      if (value > 0) positive[(value * scale) | 0] = (positive[(value * scale) | 0] as number) + 1;
      else if (value < 0) {
        negative[(-value * scale) | 0] = (negative[(-value * scale) | 0] as number) + 1;
      } else zeros += 1;
    }
    channelSums[channel] = (channelSums[channel] as number) + sum;
    channelMaxima[channel] = Math.max(channelMaxima[channel] as number, largest);
    if (largest > maximum) maximum = largest;
    channel = channel + 1 === channelSums.length ? 0 : channel + 1;
  }
  histogram.minimum = minimum;
  histogram.maximum = maximum;
  histogram.zeros += zeros;
  histogram.count += values.length;
}
