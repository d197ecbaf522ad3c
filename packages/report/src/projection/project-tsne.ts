import { createRandom } from '@isometry/core';
import {
  assertOption,
  countPoints,
  type EmbeddingPoints,
  type ProjectOptions,
} from './embedding-points.ts';
import { gaussian } from './gaussian.ts';
import { createPause } from './pause.ts';
import { principalPlane } from './principal-plane.ts';
import { pairIndex, tsneAffinities } from './tsne-affinities.ts';

export interface ProjectTsneOptions extends ProjectOptions {
  /** About how many neighbours a point has, see {@link tsnePerplexity}. @defaultValue 30 */
  readonly perplexity?: number;
  /** @defaultValue 1000 */
  readonly iterations?: number;
}

// scikit-learn's settings (sklearn.manifold.TSNE, method='exact'), which are van der Maaten's with its learning rate.
const EXAGGERATION = 12;
const EXAGGERATED_ITERATIONS = 250;
const MOMENTUM = { early: 0.5, late: 0.8 };
const SMALLEST_RATE = 50;
const GAIN = { rise: 0.2, fall: 0.8, smallest: 0.01 };
const SMALLEST_GRADIENT = 1e-7;
/** Standard deviation of the start along its first axis, and of what is added to part equal points. */
const START = 1e-4;
const NUDGE = 1e-6;

/**
 * The perplexity that t-SNE uses for so many points: a third of the others at most, as is usual, since a neighbourhood
 * that is everybody is none.
 */
export function tsnePerplexity(count: number, perplexity = 30): number {
  return Math.max(1, Math.min(perplexity, (count - 1) / 3));
}

/**
 * t-SNE (van der Maaten and Hinton 2008) in the plane by Euclidean distances: exact, started from the principal
 * components. `[N, 2]`, around 0. Time and memory grow with N²: 1,000 embeddings of 128 took 4 s of one core, 3,000 of
 * 256 took 25 s and 77 MB; of more, lay out a sample.
 * @throws `OPTION_INVALID`, `ABORTED`
 */
export async function projectTsne(
  points: EmbeddingPoints,
  options: ProjectTsneOptions = {},
): Promise<Float64Array> {
  const { seed = 0, perplexity = 30, iterations = 1000, signal, onProgress } = options;
  const count = countPoints(points);
  assertOption('perplexity', perplexity, 1);
  assertOption('iterations', iterations, 1);
  const pause = createPause(signal);
  await pause();
  if (count < 2) return new Float64Array(count * 2);
  const affinities = await tsneAffinities(points, {
    count,
    perplexity: tsnePerplexity(count, perplexity),
    pause,
  });
  const map = startingMap(points, count, seed);
  const state = createDescent(count);
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    const isEarly = iteration < EXAGGERATED_ITERATIONS;
    if (iteration === EXAGGERATED_ITERATIONS) state.restart();
    const size = state.step(map, affinities, {
      exaggeration: isEarly ? EXAGGERATION : 1,
      momentum: isEarly ? MOMENTUM.early : MOMENTUM.late,
    });
    onProgress?.({ stage: 'project-tsne', done: iteration + 1, total: iterations });
    if (!isEarly && size <= SMALLEST_GRADIENT) break;
    await pause();
  }
  return centred(map, count);
}

/** The principal plane, small, with what the seed adds. */
function startingMap(points: EmbeddingPoints, count: number, seed: number): Float64Array {
  const map = principalPlane(points, count);
  let variance = 0;
  for (let row = 0; row < count; row += 1) variance += (map[row * 2] as number) ** 2 / count;
  const scale = variance > 0 ? START / Math.sqrt(variance) : 0;
  const random = createRandom(seed, 'report/tsne');
  const nudge = scale > 0 ? NUDGE : START;
  return map.map((value) => value * scale + nudge * gaussian(random));
}

interface DescentStep {
  readonly exaggeration: number;
  readonly momentum: number;
}

/** Gradient descent with momentum and a gain per coordinate. `step` moves the map and returns the gradient's norm. */
function createDescent(count: number): {
  readonly restart: () => void;
  readonly step: (map: Float64Array, affinities: Float64Array, options: DescentStep) => number;
} {
  const rate = Math.max(count / EXAGGERATION / 4, SMALLEST_RATE);
  const update = new Float64Array(count * 2);
  const gains = new Float64Array(count * 2).fill(1);
  const attraction = new Float64Array(count * 2);
  const repulsion = new Float64Array(count * 2);
  return {
    restart: () => {
      update.fill(0);
      gains.fill(1);
    },
    step: (map, affinities, { exaggeration, momentum }) => {
      const total = addForces(map, affinities, attraction, repulsion);
      let squares = 0;
      for (let at = 0; at < map.length; at += 1) {
        const gradient =
          4 * (exaggeration * (attraction[at] as number) - (repulsion[at] as number) / total);
        squares += gradient * gradient;
        const isTurning = (update[at] as number) * gradient >= 0;
        const gain = isTurning
          ? (gains[at] as number) * GAIN.fall
          : (gains[at] as number) + GAIN.rise;
        gains[at] = Math.max(gain, GAIN.smallest);
        update[at] = momentum * (update[at] as number) - rate * (gains[at] as number) * gradient;
        (map[at] as number) += update[at] as number;
      }
      return Math.sqrt(squares);
    },
  };
}

/**
 * Both sums of the gradient in one pass over the pairs (equation 5, its two terms apart): the second waits for the sum of
 * all similarities in the map, which is returned.
 */
function addForces(
  map: Float64Array,
  affinities: Float64Array,
  attraction: Float64Array,
  repulsion: Float64Array,
): number {
  attraction.fill(0);
  repulsion.fill(0);
  let total = 0;
  const count = map.length / 2;
  for (let a = 1; a < count; a += 1) {
    const x = map[a * 2] as number;
    const y = map[a * 2 + 1] as number;
    let pullX = 0;
    let pullY = 0;
    let pushX = 0;
    let pushY = 0;
    for (let b = 0, pair = pairIndex(a, 0); b < a; b += 1, pair += 1) {
      const dx = x - (map[b * 2] as number);
      const dy = y - (map[b * 2 + 1] as number);
      const similarity = 1 / (1 + dx * dx + dy * dy);
      total += similarity;
      const pull = (affinities[pair] as number) * similarity;
      const push = similarity * similarity;
      pullX += pull * dx;
      pullY += pull * dy;
      pushX += push * dx;
      pushY += push * dy;
      (attraction[b * 2] as number) -= pull * dx;
      (attraction[b * 2 + 1] as number) -= pull * dy;
      (repulsion[b * 2] as number) -= push * dx;
      (repulsion[b * 2 + 1] as number) -= push * dy;
    }
    (attraction[a * 2] as number) += pullX;
    (attraction[a * 2 + 1] as number) += pullY;
    (repulsion[a * 2] as number) += pushX;
    (repulsion[a * 2 + 1] as number) += pushY;
  }
  return 2 * total;
}

function centred(map: Float64Array, count: number): Float64Array {
  let x = 0;
  let y = 0;
  for (let row = 0; row < count; row += 1) {
    x += (map[row * 2] as number) / count;
    y += (map[row * 2 + 1] as number) / count;
  }
  return map.map((value, at) => value - (at % 2 === 0 ? x : y));
}
