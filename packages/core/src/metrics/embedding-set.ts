import { IsometryError } from '../errors.ts';
import { assertSameLength } from './assert-metric-input.ts';

/** Embeddings of images whose classes are known. */
export interface EmbeddingSet {
  /** `[N, size]`, row-major. */
  readonly data: Float32Array;
  readonly size: number;
  /** Any integers: what is equal is of one class. */
  readonly classes: readonly number[];
}

/** Cosine distance is `1 - cos`; a vector without length is at distance 1 from every other. */
export type EmbeddingDistance = 'euclidean' | 'cosine';

/**
 * Checks a set of embeddings, and that those it is compared with are as long.
 * @throws `OPTION_INVALID`, naming the row that holds what is no number
 */
export function assertEmbeddings(set: EmbeddingSet, reference: EmbeddingSet | undefined): void {
  for (const { data, size, classes } of reference === undefined ? [set] : [set, reference]) {
    if (!Number.isInteger(size) || size < 1 || size !== set.size) {
      throw new IsometryError('OPTION_INVALID', `Embeddings of ${size} numbers, not ${set.size}.`, {
        hint: 'Compare embeddings of one model.',
        details: { size: String(size), expected: String(set.size) },
      });
    }
    assertSameLength('Embeddings', data.length / size, classes.length);
    assertNumbers('The embedding of row', data, size);
    assertNumbers('The class of row', classes, 1);
  }
}

function assertNumbers(named: string, values: ArrayLike<number>, size: number): void {
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number;
    if (Number.isFinite(value)) continue;
    const row = Math.floor(index / size);
    throw new IsometryError('OPTION_INVALID', `${named} ${row} holds ${value}.`, {
      details: { row, value: String(value) },
    });
  }
}
