import { createRandom } from '@isometry/core';
import type { EmbeddingPoints } from './embedding-points.ts';
import { squaredDistance } from './embedding-points.ts';
import { gaussian } from './gaussian.ts';

/** Clusters of points around `classes` centres, in turn. */
export function clustered(
  count: number,
  { size, classes, spread }: { size: number; classes: number; spread: number },
): EmbeddingPoints & { readonly classes: number[]; readonly data: Float32Array } {
  const random = createRandom(5, 'report/clustered');
  const centres = Array.from({ length: classes * size }, () => gaussian(random) * spread);
  const data = Float32Array.from(
    { length: count * size },
    (_, at) =>
      (centres[(Math.floor(at / size) % classes) * size + (at % size)] as number) +
      gaussian(random),
  );
  return { data, size, classes: Array.from({ length: count }, (_, row) => row % classes) };
}

/** The other rows of each row, nearest first, equally near ones in order. */
export function rankedNeighbours(points: EmbeddingPoints): number[][] {
  const count = points.data.length / points.size;
  const rows = Array.from({ length: count }, (_, row) => row);
  return rows.map((row) =>
    rows
      .filter((other) => other !== row)
      .map((other) => ({ other, distance: squaredDistance(points, row, other) }))
      .sort((a, b) => a.distance - b.distance)
      .map(({ other }) => other),
  );
}

/**
 * How far the neighbours in a map are neighbours in truth, 0 to 1 (Venna and Kaski 2001), as
 * sklearn.manifold.trustworthiness has it.
 */
export function trustworthiness(
  points: EmbeddingPoints,
  map: Float64Array,
  neighbours: number,
): number {
  const truth = rankedNeighbours(points);
  const count = truth.length;
  let penalty = 0;
  rankedNeighbours({ data: map, size: 2 }).forEach((drawn, row) => {
    const rank = new Map((truth[row] as number[]).map((other, at) => [other, at + 1]));
    for (const other of drawn.slice(0, neighbours)) {
      penalty += Math.max(0, (rank.get(other) as number) - neighbours);
    }
  });
  return 1 - (penalty * 2) / (count * neighbours * (2 * count - 3 * neighbours - 1));
}
