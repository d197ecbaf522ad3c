import { IsometryError } from '../errors.ts';
import { assertEmbeddings, type EmbeddingDistance, type EmbeddingSet } from './embedding-set.ts';
import { rankReferences, type NearestReader } from './rank-references.ts';
import { assertDepth } from './retrieval.ts';
import { runSteps } from './steps.ts';

export interface NearestNeighbourOptions {
  /** Whose classes are voted with. @defaultValue the set itself, every image without itself */
  readonly reference?: EmbeddingSet | undefined;
  /** How many neighbours vote. */
  readonly k: number;
  readonly distance: EmbeddingDistance;
}

/**
 * Accuracy of the class that most of the nearest k have: scikit-learn's `KNeighborsClassifier`, without a
 * reference by leaving each image out. Of classes with equally many votes the smallest number wins, as there;
 * equally near images go in the order of the reference. A class's only image cannot be right, and counts.
 *
 * @returns null without a query
 * @throws `OPTION_INVALID` when an embedding is not finite, or there are fewer than k others
 */
export function nearestNeighbourAccuracy(
  query: EmbeddingSet,
  { reference, k, distance }: NearestNeighbourOptions,
): number | null {
  const reader = createVoteReader(query, { reference, k });
  runSteps(rankReferences(query, { reference, distance, readers: [reader] }));
  return reader.accuracy();
}

/** Counts {@link nearestNeighbourAccuracy} while the nearest of every query go by. */
export function createVoteReader(
  query: EmbeddingSet,
  { reference, k }: Omit<NearestNeighbourOptions, 'distance'>,
): NearestReader & { readonly accuracy: () => number | null } {
  assertEmbeddings(query, reference);
  assertDepth(k);
  const count = query.classes.length;
  const others = reference === undefined ? count - 1 : reference.classes.length;
  if (count > 0 && k > others) {
    throw new IsometryError('OPTION_INVALID', `There are ${others} neighbours, fewer than ${k}.`, {
      hint: 'Choose a smaller k.',
      details: { k, neighbours: others },
    });
  }
  const classOf = (reference ?? query).classes;
  let right = 0;
  return {
    depth: () => k,
    read: (row, nearest) => {
      right += Number(vote(nearest, classOf) === query.classes[row]);
    },
    accuracy: () => (count === 0 ? null : right / count),
  };
}

function vote(nearest: Uint32Array, classOf: readonly number[]): number | undefined {
  const votes = new Map<number, number>();
  for (const row of nearest) {
    const own = classOf[row] as number;
    votes.set(own, (votes.get(own) ?? 0) + 1);
  }
  const most = Math.max(...votes.values());
  const winners = [...votes].filter(([, count]) => count === most).map(([own]) => own);
  return Math.min(...winners);
}
