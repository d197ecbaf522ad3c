import { squaredDistance, type EmbeddingPoints, type ProjectOptions } from './embedding-points.ts';

/** Each point's nearest ones by Euclidean distance: itself first, then nearer before farther, then in order. */
export interface Neighbours {
  readonly indices: number[][];
  readonly distances: number[][];
}

export interface ExactNeighboursOptions extends Pick<ProjectOptions, 'onProgress'> {
  readonly count: number;
  /** Of each point, itself included. */
  readonly each: number;
  readonly pause: () => Promise<void>;
}

/** By comparing all with all: N² distances, the same on every run. */
export async function exactNeighbours(
  points: EmbeddingPoints,
  { count, each, pause, onProgress }: ExactNeighboursOptions,
): Promise<Neighbours> {
  const indices: number[][] = [];
  const distances: number[][] = [];
  for (let row = 0; row < count; row += 1) {
    const nearest: { other: number; distance: number }[] = [];
    for (let other = 0; other < count; other += 1) {
      // An equal point is no nearer to a point than the point itself.
      const distance = other === row ? -1 : squaredDistance(points, row, other);
      const last = nearest.at(-1);
      if (nearest.length === each && last !== undefined && distance >= last.distance) continue;
      let place = nearest.length;
      while (place > 0 && (nearest[place - 1] as { distance: number }).distance > distance)
        place -= 1;
      nearest.splice(place, 0, { other, distance });
      if (nearest.length > each) nearest.pop();
    }
    indices.push(nearest.map(({ other }) => other));
    distances.push(nearest.map(({ distance }) => Math.sqrt(Math.max(0, distance))));
    onProgress?.({ stage: 'find-neighbours', done: row + 1, total: count });
    await pause();
  }
  return { indices, distances };
}
