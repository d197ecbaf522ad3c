import { compareArrays, floatDigest } from '@isometry/core';
import type { OutputBounds } from './tolerances.ts';

/** Why `actual` is not the reference's embedding within the bounds, or undefined when it is. */
export function embeddingProblem(
  reference: Float32Array,
  actual: Float32Array,
  bounds: OutputBounds | 'exact',
): string | undefined {
  if (bounds === 'exact') return bitsProblem(reference, actual);
  const { relativeL2, cosineDistance } = compareArrays(reference, actual);
  // Written so that NaN is a problem.
  if (relativeL2 <= bounds.embedding && cosineDistance <= bounds.cosine) return undefined;
  return `off by ${relativeL2} of the norm and 1 - cos ${cosineDistance}`;
}

/** The same for probabilities or logits. */
export function scoreProblem(
  kind: 'probability' | 'logit',
  reference: Float32Array,
  actual: Float32Array,
  bounds: OutputBounds | 'exact',
): string | undefined {
  if (bounds === 'exact') return bitsProblem(reference, actual);
  const { maxAbs } = compareArrays(reference, actual);
  return maxAbs <= bounds[kind] ? undefined : `off by ${maxAbs}`;
}

function bitsProblem(reference: Float32Array, actual: Float32Array): string | undefined {
  if (floatDigest(reference) === floatDigest(actual)) return undefined;
  return `off by ${compareArrays(reference, actual).maxUlp} ULP`;
}
