import { IsometryError } from './errors.ts';
import type { Prediction } from './types.ts';

/**
 * The `k` most probable labels, most probable first. Equal probabilities keep the labels' order, so
 * that two runtimes with equal bits give equal lists.
 * @throws `OPTION_INVALID` unless 1 <= k <= labels.length
 */
export function topK(
  probabilities: Float32Array,
  labels: readonly string[],
  k: number,
): readonly Prediction[] {
  assertTopK(k, labels);
  return labels
    .map((label, index) => ({ label, index, probability: probabilities[index] ?? Number.NaN }))
    .toSorted((a, b) => b.probability - a.probability || a.index - b.index)
    .slice(0, k);
}

/** @throws `OPTION_INVALID` unless 1 <= k <= labels.length */
export function assertTopK(k: number, labels: readonly string[]): void {
  if (Number.isInteger(k) && k >= 1 && k <= labels.length) return;
  throw new IsometryError(
    'OPTION_INVALID',
    `topK must be an integer from 1 to ${labels.length}, not ${k}.`,
    { hint: 'Leave topK out for all labels.', details: { topK: k } },
  );
}
