import type { EmbeddingDistance, EmbeddingSet } from './embedding-set.ts';
import type { Steps } from './steps.ts';

/** Who looks at the nearest references of every row. */
export interface NearestReader {
  /** How many of the nearest it is to see of a row; 0 leaves the row out. */
  readonly depth: (row: number) => number;
  /** `nearest` holds rows of the reference, so many or all that there are, and is overwritten afterwards. */
  readonly read: (row: number, nearest: Uint32Array) => void;
}

export interface RankReferencesOptions {
  /** @defaultValue the set itself, every image without itself */
  readonly reference?: EmbeddingSet | undefined;
  readonly distance: EmbeddingDistance;
  /** They share the pass: distances are computed and sorted once. */
  readonly readers: readonly NearestReader[];
}

/** Rows that share a pass over the reference: of 10,000 x 128 all pairs take 11 s of processor time, one by one 18 s. */
const BLOCK = 4;

/**
 * Finds the nearest references of every row, nearest first and equally near ones in their order. Distances are
 * computed in float64 from the float32 values; four rows of them are in memory at a time.
 * @yields the rows done
 */
export function* rankReferences(
  set: EmbeddingSet,
  { reference, distance, readers }: RankReferencesOptions,
): Steps<void> {
  const queries = prepare(set, distance);
  const references = reference === undefined ? queries : prepare(reference, distance);
  const count = references.count;
  const known = reference === undefined ? count - 1 : count;
  const distances = new Float64Array(BLOCK * count);
  const order = new Uint32Array(count);
  for (let from = 0; from < queries.count; from += BLOCK) {
    const end = Math.min(from + BLOCK, queries.count);
    fillBlock(queries, from, references, distances);
    for (let row = from; row < end; row += 1) {
      const own = distances.subarray((row - from) * count, (row - from + 1) * count);
      if (reference === undefined) own[row] = Infinity;
      const depths = readers.map(({ depth }) => Math.min(depth(row), known));
      const wanted = Math.max(0, ...depths);
      if (wanted < 1) continue;
      for (let at = 0; at < count; at += 1) order[at] = at;
      sortFirst(order, own, wanted);
      for (const [at, { read }] of readers.entries()) {
        const depth = depths[at] as number;
        if (depth > 0) read(row, order.subarray(0, depth));
      }
    }
    yield end;
  }
}

/** Vectors whose squared Euclidean distances have the order that is asked for. */
interface Vectors {
  readonly count: number;
  readonly size: number;
  readonly values: Float64Array;
  /** For cosine: rows without length. */
  readonly lengthless: ReadonlySet<number>;
}

function prepare({ data, size, classes }: EmbeddingSet, distance: EmbeddingDistance): Vectors {
  const values = Float64Array.from(data);
  const lengthless = new Set<number>();
  if (distance === 'cosine') {
    for (let row = 0; row < classes.length; row += 1) {
      const own = values.subarray(row * size, (row + 1) * size);
      if (!scaleToUnit(own)) lengthless.add(row);
    }
  }
  return { count: classes.length, size, values, lengthless };
}

/** Divides a vector by its length. @returns false where that is 0 */
export function scaleToUnit(vector: Float64Array): boolean {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const length = Math.sqrt(sum);
  if (length === 0) return false;
  for (let axis = 0; axis < vector.length; axis += 1) {
    vector[axis] = (vector[axis] as number) / length;
  }
  return true;
}

/** Squared distances of BLOCK rows; past the last row it repeats that one. */
function fillBlock(
  { count, size, values, lengthless }: Vectors,
  from: number,
  references: Vectors,
  into: Float64Array,
): void {
  const at = (step: number): number => Math.min(from + step, count - 1) * size;
  const [a, b, c, d] = [at(0), at(1), at(2), at(3)];
  const columns = references.count;
  const others = references.values;
  for (let column = 0; column < columns; column += 1) {
    let [sumA, sumB, sumC, sumD] = [0, 0, 0, 0];
    const own = column * size;
    for (let axis = 0; axis < size; axis += 1) {
      const value = others[own + axis] as number;
      const gapA = (values[a + axis] as number) - value;
      const gapB = (values[b + axis] as number) - value;
      const gapC = (values[c + axis] as number) - value;
      const gapD = (values[d + axis] as number) - value;
      sumA += gapA * gapA;
      sumB += gapB * gapB;
      sumC += gapC * gapC;
      sumD += gapD * gapD;
    }
    into[column] = sumA;
    into[columns + column] = sumB;
    into[2 * columns + column] = sumC;
    into[3 * columns + column] = sumD;
  }
  // Of unit vectors the square is 2 (1 - cos): 2 is cosine distance 1.
  for (let step = 0; step < BLOCK; step += 1) {
    const own = into.subarray(step * columns, (step + 1) * columns);
    if (lengthless.has(from + step)) own.fill(2);
    for (const column of references.lengthless) own[column] = 2;
  }
}

/**
 * Moves the `wanted` nearest to the front of `order`, sorted: a quicksort that leaves out what lies behind
 * (C. Martinez 2004). No two are equal, because equal keys go by their place.
 */
function sortFirst(order: Uint32Array, keys: Float64Array, wanted: number): void {
  const pending: [number, number][] = [[0, order.length - 1]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [first, last] = next;
    if (first >= last || first >= wanted) continue;
    const pivot = order[(first + last) >> 1] as number;
    const key = keys[pivot] as number;
    let [low, high] = [first, last];
    while (low <= high) {
      while (isBefore(keys[order[low] as number] as number, order[low] as number, key, pivot)) {
        low += 1;
      }
      while (isBefore(key, pivot, keys[order[high] as number] as number, order[high] as number)) {
        high -= 1;
      }
      if (low > high) break;
      const swapped = order[low] as number;
      order[low] = order[high] as number;
      order[high] = swapped;
      low += 1;
      high -= 1;
    }
    pending.push([low, last], [first, high]);
  }
}

function isBefore(leftKey: number, left: number, rightKey: number, right: number): boolean {
  return leftKey < rightKey || (leftKey === rightKey && left < right);
}
