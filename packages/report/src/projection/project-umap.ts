import { createRandom } from '@isometry/core';
import { UMAP } from 'umap-js';
import {
  assertOption,
  countPoints,
  type EmbeddingPoints,
  type ProjectOptions,
} from './embedding-points.ts';
import { exactNeighbours } from './exact-neighbours.ts';
import { gaussian } from './gaussian.ts';
import { createPause } from './pause.ts';
import { principalPlane } from './principal-plane.ts';

export interface ProjectUmapOptions extends ProjectOptions {
  /** How many points a neighbourhood has, the point itself included, see {@link umapNeighbours}. @defaultValue 15 */
  readonly neighbours?: number;
  /** How close points may come to each other in the map. @defaultValue 0.1 */
  readonly minDistance?: number;
  /** @defaultValue 500 up to 2,500 points, 400 up to 5,000, fewer for more */
  readonly iterations?: number;
}

/** Half the width of the start, and what parts equal points: the reference implementation's. */
const START = 10;
const NUDGE = 1e-4;

/** The neighbours that UMAP uses for so many points: all at most. */
export function umapNeighbours(count: number, neighbours = 15): number {
  return Math.max(2, Math.min(neighbours, count - 1));
}

/**
 * UMAP (McInnes, Healy and Melville 2018) in the plane by Euclidean distances, with exact neighbours and started from
 * the principal components instead of at random: what is far apart then stays so. `[N, 2]`. 3,000 embeddings of 256 took
 * 12 s of one core, 10,000 took 75 s, nearly all of it for the neighbours.
 * @throws `OPTION_INVALID`, `ABORTED`
 */
export async function projectUmap(
  points: EmbeddingPoints,
  options: ProjectUmapOptions = {},
): Promise<Float64Array> {
  const { seed = 0, neighbours = 15, minDistance = 0.1, signal, onProgress } = options;
  const count = countPoints(points);
  assertOption('neighbours', neighbours, 2);
  // Of the curve that umap-js fits: beyond its spread of 1 there is none.
  assertOption('minDistance', minDistance, 0, 1);
  if (options.iterations !== undefined) assertOption('iterations', options.iterations, 1);
  const pause = createPause(signal);
  await pause();
  // One neighbour beside the point itself is no neighbourhood.
  if (count < 3) return Float64Array.from({ length: count * 2 }, (_, at) => (at === 2 ? 1 : 0));
  const each = umapNeighbours(count, neighbours);
  const { indices, distances } = await exactNeighbours(points, { count, each, pause });
  const random = createRandom(seed, 'report/umap');
  const umap = new UMAP({
    nNeighbors: each,
    minDist: minDistance,
    random: () => random.next(),
    ...(options.iterations === undefined ? {} : { nEpochs: options.iterations }),
  });
  umap.setPrecomputedKNN(indices, distances);
  // The rows themselves are only looked at for their number.
  const iterations = umap.initializeFit(Array.from({ length: count }, () => []));
  const map = umap.getEmbedding();
  const start = startingMap(points, count);
  map.forEach((place, row) => {
    if (start === null) return;
    place[0] = (start[row * 2] as number) + NUDGE * gaussian(random);
    place[1] = (start[row * 2 + 1] as number) + NUDGE * gaussian(random);
  });
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    umap.step();
    onProgress?.({ stage: 'project-umap', done: iteration + 1, total: iterations });
    await pause();
  }
  return Float64Array.from(map.flat());
}

/** The principal plane, 20 units wide; null where the points do not vary: then umap-js' own random start is right. */
function startingMap(points: EmbeddingPoints, count: number): Float64Array | null {
  const plane = principalPlane(points, count);
  let largest = 0;
  for (const value of plane) largest = Math.max(largest, Math.abs(value));
  return largest > 0 ? plane.map((value) => (value / largest) * START) : null;
}
