import type { Tensor2D } from '@tensorflow/tfjs-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { liftedStructuredLoss } from './lifted-structured-loss.ts';
import { createRandom, type Random } from '../sampling/random.ts';
import { loadTfjs, type Tfjs } from '../tfjs.ts';

let tf: Tfjs;
beforeAll(async () => {
  tf = await loadTfjs();
});

/** Seven points whose losses were computed by hand-written float64 loops before this code was. */
const GOLDEN = {
  embeddings: [
    [1, 0, 0],
    [0.2, 0.9, 0.1],
    [0.3, 1, 0],
    [0, 0.1, 1.1],
    [0.1, 0.2, 1],
    [0.6, 0.1, 0.5],
    [0.9, 0.3, 0.2],
  ],
  labels: [0, 0, 1, 1, 2, 2, 0],
  raw: 5.226607732,
  normalised: 5.238010997,
};

describe('liftedStructuredLoss', () => {
  it('has the golden values, raw and L2-normalised', () => {
    const { embeddings, labels, raw, normalised } = GOLDEN;
    const unit = embeddings.map((row) => row.map((value) => value / Math.hypot(...row)));
    expect(evaluate(embeddings, labels).value).toBeCloseTo(raw, 5);
    expect(evaluate(unit, labels).value).toBeCloseTo(normalised, 5);
  });

  it('agrees with float64 loops in value and gradient on 200 random batches', () => {
    const random = createRandom(7, 'loss-test');
    let worstValue = 0;
    let worstGradient = 0;
    for (let round = 0; round < 200; round += 1) {
      const { embeddings, labels, scale } = randomBatch(random, round);
      const { value, gradient } = evaluate(embeddings, labels);
      const expected = bruteForce(embeddings, labels);
      const expectedGradient = centralDifferences(embeddings, labels, scale);
      expect(Number.isFinite(value)).toBe(true);
      expect(gradient.flat().every(Number.isFinite)).toBe(true);
      worstValue = Math.max(worstValue, Math.abs(value - expected) / Math.max(1, expected));
      const error = Math.hypot(
        ...gradient.flatMap((row, i) => row.map((g, k) => g - at(expectedGradient, i, k))),
      );
      worstGradient = Math.max(
        worstGradient,
        error / Math.max(1, Math.hypot(...expectedGradient.flat())),
      );
    }
    expect(worstValue).toBeLessThan(VALUE_TOLERANCE);
    expect(worstGradient).toBeLessThan(GRADIENT_TOLERANCE);
  });

  it('costs nothing when no pair is positive, or none is negative', () => {
    const rows = [
      [1, 2],
      [3, 4],
      [5, 7],
    ];
    for (const labels of [
      [0, 1, 2],
      [1, 1, 1],
    ]) {
      const { value, gradient } = evaluate(rows, labels);
      expect(value).toBe(0);
      expect(gradient.flat().every((g) => g === 0)).toBe(true);
    }
  });

  it('holds no tensor of size B^3 and leaves none behind', () => {
    const rows = Array.from({ length: 48 }, (_, row) => [Math.sin(row), Math.cos(3 * row)]);
    const labels = rows.map((_, row) => row % 3);
    evaluate(rows, labels);
    const before = tf.memory();
    const input = tf.tensor2d(rows);
    const profile = tf.tidy(() => {
      const start = tf.memory().numBytes;
      liftedStructuredLoss(tf, input, labels, 1);
      return tf.memory().numBytes - start;
    });
    input.dispose();
    // Only the scalar outlives the call.
    expect(profile).toBe(4);
    expect(tf.memory().numTensors).toBe(before.numTensors);
  });
});

/** Relative to max(1, loss). Measured 1.8e-6: at scale 1e3 J is a small difference of distances of 1e3. */
const VALUE_TOLERANCE = 4e-6;
/** Relative to max(1, L2 norm of the gradient). Measured 1.6e-5, for the same reason. */
const GRADIENT_TOLERANCE = 4e-5;

function evaluate(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
): { value: number; gradient: number[][] } {
  return tf.tidy(() => {
    const lossAndGradient = tf.valueAndGrad((x) =>
      liftedStructuredLoss(tf, x as Tensor2D, labels, 1),
    );
    const { value, grad } = lossAndGradient(tf.tensor2d(rows.map((row) => [...row])));
    return { value: value.dataSync()[0] as number, gradient: grad.arraySync() as number[][] };
  });
}

/** Eq. 4 read literally: ordered pairs, one loop each, float64. */
function bruteForce(rows: readonly (readonly number[])[], labels: readonly number[]): number {
  let sum = 0;
  let pairs = 0;
  for (const [i, a] of rows.entries()) {
    for (const [j, b] of rows.entries()) {
      if (i >= j || labels[i] !== labels[j]) continue;
      const exponents = rows.flatMap((c, k) =>
        labels[k] === labels[i] ? [] : [1 - distance(a, c), 1 - distance(b, c)],
      );
      // Shifted by the largest: at scale 1e3 every e^x is 0 in float64 too.
      const largest = Math.max(...exponents);
      const exponentials = exponents.reduce((total, x) => total + Math.exp(x - largest), 0);
      sum += Math.max(0, largest + Math.log(exponentials) + distance(a, b)) ** 2;
      pairs += 1;
    }
  }
  return pairs === 0 ? 0 : sum / (2 * pairs);
}

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(...a.map((value, axis) => value - (b[axis] as number)));
}

function centralDifferences(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  scale: number,
): number[][] {
  const step = 1e-6 * scale;
  return rows.map((row, i) =>
    row.map((_, k) => {
      const moved = (by: number) =>
        rows.map((other, r) => other.map((value, c) => (r === i && c === k ? value + by : value)));
      return (bruteForce(moved(step), labels) - bruteForce(moved(-step), labels)) / (2 * step);
    }),
  );
}

/** Batches of 3 to 10 in 2 to 5 dimensions: duplicates, one class only, classes of one, scales 1e-3 to 1e3. */
function randomBatch(
  random: Random,
  round: number,
): { embeddings: number[][]; labels: number[]; scale: number } {
  const size = 3 + Math.floor(random.next() * 8);
  const dimensions = 2 + Math.floor(random.next() * 4);
  const scale = 10 ** ((round % 7) - 3);
  const embeddings = Array.from({ length: size }, () =>
    // Rounded to float32, so that both sides start from the same numbers.
    Array.from({ length: dimensions }, () => Math.fround(scale * (random.next() * 2 - 1))),
  );
  const classes = round % 5 === 0 ? 1 : 2 + Math.floor(random.next() * 3);
  const labels = embeddings.map(() => Math.floor(random.next() * classes));
  if (round % 3 === 0) embeddings[1] = [...(embeddings[0] as number[])];
  if (round % 4 === 0) labels[size - 1] = classes;
  return { embeddings, labels, scale };
}

function at(rows: readonly (readonly number[])[], row: number, column: number): number {
  return rows[row]?.[column] as number;
}
