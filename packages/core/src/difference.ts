import { IsometryError } from './errors.ts';

/** How far one array is from a reference of the same length. */
export interface Difference {
  /** Largest absolute difference. NaN against a number counts as Infinity, NaN against NaN as 0. */
  readonly maxAbs: number;
  readonly meanAbs: number;
  /** Largest distance in units in the last place of float32; 0 means the same bits up to the sign of zero. */
  readonly maxUlp: number;
  /** Position of the largest absolute difference. */
  readonly maxAt: number;
  /** L2 norm of the difference over the L2 norm of the reference; 0 when both are 0. */
  readonly relativeL2: number;
  /** 1 - cosine similarity, in double; 0 when both are zero vectors, 1 when one is. */
  readonly cosineDistance: number;
  readonly length: number;
}

/**
 * Compares two float32 arrays.
 * @throws `TENSOR_INVALID` when the lengths differ
 */
export function compareArrays(reference: Float32Array, other: Float32Array): Difference {
  if (reference.length !== other.length) {
    throw new IsometryError(
      'TENSOR_INVALID',
      `Arrays of ${reference.length} and ${other.length} values cannot be compared.`,
    );
  }
  let maxAbs = 0;
  let maxAt = 0;
  let maxUlp = 0;
  let sumAbs = 0;
  let sumSquares = 0;
  let dot = 0;
  let normReference = 0;
  let normOther = 0;
  for (let i = 0; i < reference.length; i++) {
    const a = reference[i] as number;
    const b = other[i] as number;
    const abs = absoluteDifference(a, b);
    if (abs > maxAbs) {
      maxAbs = abs;
      maxAt = i;
    }
    maxUlp = Math.max(maxUlp, ulpDistance(a, b));
    sumAbs += abs;
    sumSquares += abs * abs;
    dot += a * b;
    normReference += a * a;
    normOther += b * b;
  }
  const norm = Math.sqrt(normReference);
  return {
    maxAbs,
    meanAbs: reference.length === 0 ? 0 : sumAbs / reference.length,
    maxUlp,
    maxAt,
    relativeL2: sumSquares === 0 ? 0 : Math.sqrt(sumSquares) / norm,
    cosineDistance: maxUlp === 0 ? 0 : cosineDistance(dot, norm, Math.sqrt(normOther)),
    length: reference.length,
  };
}

/**
 * The larger of each measure, for a table over many images. `maxAt` follows `maxAbs`; `meanAbs` is
 * weighted by length.
 */
export function worstDifference(differences: readonly Difference[]): Difference {
  const first = differences[0];
  if (first === undefined) {
    throw new IsometryError('OPTION_INVALID', 'There is no difference to take the worst of.');
  }
  return differences.slice(1).reduce((worst, next) => {
    const length = worst.length + next.length;
    return {
      maxAbs: Math.max(worst.maxAbs, next.maxAbs),
      maxAt: next.maxAbs > worst.maxAbs ? next.maxAt : worst.maxAt,
      meanAbs:
        length === 0 ? 0 : (worst.meanAbs * worst.length + next.meanAbs * next.length) / length,
      maxUlp: Math.max(worst.maxUlp, next.maxUlp),
      relativeL2: Math.max(worst.relativeL2, next.relativeL2),
      cosineDistance: Math.max(worst.cosineDistance, next.cosineDistance),
      length,
    };
  }, first);
}

function absoluteDifference(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  const difference = Math.abs(a - b);
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
}

const floatView = new Float32Array(1);
const bitsView = new Int32Array(floatView.buffer);

/** Float32 bits as an integer that grows with the value: adjacent floats are adjacent integers. */
function orderedBits(value: number): number {
  floatView[0] = value;
  const bits = bitsView[0] as number;
  return bits < 0 ? -(bits & 0x7fffffff) : bits;
}

function ulpDistance(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) {
    return Number.isNaN(a) && Number.isNaN(b) ? 0 : Number.POSITIVE_INFINITY;
  }
  return Math.abs(orderedBits(a) - orderedBits(b));
}

function cosineDistance(dot: number, normA: number, normB: number): number {
  if (normA === 0 || normB === 0) return normA === normB ? 0 : 1;
  const distance = 1 - dot / (normA * normB);
  return Number.isNaN(distance) ? Number.POSITIVE_INFINITY : Math.max(0, distance);
}
