import type { EmbeddingDistance, EmbeddingSet } from './embedding-set.ts';
import { createVoteReader } from './nearest-neighbours.ts';
import { rankReferences } from './rank-references.ts';
import { createRetrievalReader, type RetrievalScores } from './retrieval.ts';
import type { Steps } from './steps.ts';

export interface MeasureNearestOptions {
  /** Whose classes are voted with. @defaultValue the set itself, every image without itself */
  readonly reference?: EmbeddingSet | undefined;
  readonly distance: EmbeddingDistance;
  /** How many neighbours vote, for each of the accuracies. */
  readonly neighbours: readonly number[];
}

/** What {@link measureNearest} finds out. */
export interface NearestScores {
  /** Of every image among the others of the set. */
  readonly retrieval: RetrievalScores;
  /** By voting of the nearest k of the reference. */
  readonly neighbours: readonly { readonly k: number; readonly accuracy: number | null }[];
}

/**
 * `measureRetrieval` of a set, and `nearestNeighbourAccuracy` for several k, having ranked the images once; twice with
 * a reference.
 *
 * @yields the images ranked, of as many or twice as many
 * @throws `OPTION_INVALID` when an embedding is not finite, or there are fewer than k others
 */
export function* measureNearest(
  query: EmbeddingSet,
  { reference, distance, neighbours }: MeasureNearestOptions,
): Steps<NearestScores> {
  const retrieval = createRetrievalReader(query, {});
  const votes = neighbours.map((k) => ({ k, reader: createVoteReader(query, { reference, k }) }));
  const readers = votes.map(({ reader }) => reader);
  if (reference === undefined) {
    yield* rankReferences(query, { distance, readers: [retrieval, ...readers] });
  } else {
    yield* rankReferences(query, { distance, readers: [retrieval] });
    const count = query.classes.length;
    for (const done of rankReferences(query, { reference, distance, readers })) yield count + done;
  }
  return {
    retrieval: retrieval.scores(),
    neighbours: votes.map(({ k, reader }) => ({ k, accuracy: reader.accuracy() })),
  };
}
