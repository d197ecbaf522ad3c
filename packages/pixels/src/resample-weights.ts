/**
 * Fixed-point weights of an antialiased resampling along one axis: Pillow's `precompute_coeffs` and
 * `normalize_coeffs_8bpc` (src/libImaging/Resample.c), operation by operation.
 */
export interface ResampleWeights {
  /** Weights an output position, the unused ones 0. */
  readonly taps: number;
  /** `taps` weights an output position, in units of 2^-22. */
  readonly weights: Int32Array;
  /** The first input position an output position reads; never decreases. */
  readonly first: Int32Array;
  /** How many it reads, at most `taps`. */
  readonly count: Int32Array;
}

/** Fraction bits of a weight: Pillow's PRECISION_BITS, 32 - 8 - 2. */
export const PRECISION_BITS = 22;

interface Filter {
  /** Beyond this distance the weight is 0. */
  readonly support: number;
  weight(distance: number): number;
}

/** Polynomials only: Math.sin may differ between engines, so there is no Lanczos. */
const FILTERS: Readonly<Record<'bilinear' | 'bicubic', Filter>> = {
  bilinear: {
    support: 1,
    weight: (distance) => {
      const x = Math.abs(distance);
      return x < 1 ? 1 - x : 0;
    },
  },
  bicubic: {
    support: 2,
    weight: (distance) => {
      // Keys' cubic with a = -0.5, in the order of operations that Pillow has.
      const a = -0.5;
      const x = Math.abs(distance);
      if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    },
  },
};

/**
 * Computes the weights that resample the part from `start` to `end` (float32 values) of an axis of
 * `inputSize` pixels to `outputSize` pixels.
 */
export function resampleWeights(
  inputSize: number,
  start: number,
  end: number,
  outputSize: number,
  filterName: 'bilinear' | 'bicubic',
): ResampleWeights {
  const filter = FILTERS[filterName];
  // Pillow subtracts in float32 and divides in double.
  const scale = Math.fround(end - start) / outputSize;
  const stretch = Math.max(scale, 1);
  const support = filter.support * stretch;
  const inverse = 1 / stretch;
  const taps = Math.ceil(support) * 2 + 1;
  const weights = new Int32Array(outputSize * taps);
  const first = new Int32Array(outputSize);
  const count = new Int32Array(outputSize);
  const exact = new Float64Array(taps);
  for (let position = 0; position < outputSize; position++) {
    const center = start + (position + 0.5) * scale;
    const from = Math.max(0, Math.trunc(center - support + 0.5));
    const to = Math.min(inputSize, Math.trunc(center + support + 0.5));
    let sum = 0;
    for (let tap = 0; tap < to - from; tap++) {
      const weight = filter.weight((tap + from - center + 0.5) * inverse);
      exact[tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < to - from; tap++) {
      const weight = exact[tap] as number;
      weights[position * taps + tap] = toFixedPoint(sum === 0 ? weight : weight / sum);
    }
    first[position] = from;
    count[position] = to - from;
  }
  return { taps, weights, first, count };
}

/** Rounds half away from zero. */
function toFixedPoint(weight: number): number {
  return Math.trunc(weight * 2 ** PRECISION_BITS + (weight < 0 ? -0.5 : 0.5));
}
