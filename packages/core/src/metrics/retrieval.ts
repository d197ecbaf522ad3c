import { IsometryError } from '../errors.ts';
import { assertEmbeddings, type EmbeddingDistance, type EmbeddingSet } from './embedding-set.ts';
import { rankReferences, type NearestReader } from './rank-references.ts';
import { runSteps } from './steps.ts';

export interface MeasureRetrievalOptions {
  /** What is searched. @defaultValue the set itself, every image without itself */
  readonly reference?: EmbeddingSet | undefined;
  readonly distance: EmbeddingDistance;
  /** @defaultValue [1, 5, 10] */
  readonly recallAt?: readonly number[] | undefined;
}

/** How well the images that lie nearest are of the same class; null where nothing was asked. */
export interface RetrievalMeans {
  /** Whether the nearest one is of the query's class. */
  readonly precisionAt1: number | null;
  /** Share of the nearest R that are, when R images of the class are there to be found. */
  readonly rPrecision: number | null;
  /** Mean of the precisions at every hit among the nearest R (MAP@R). */
  readonly mapAtR: number | null;
}

/** Means over the queries. */
export interface RetrievalScores extends RetrievalMeans {
  /** Images that asked: without the lone ones. */
  readonly queries: number;
  /** Images of whose class there is no other to be found: they ask for nothing and count nowhere. */
  readonly loneQueries: number;
  /** Means over the classes of their queries' means. */
  readonly macro: RetrievalMeans;
  /** Share of the queries with a hit among the nearest k. */
  readonly recallAt: readonly { readonly k: number; readonly value: number | null }[];
}

/**
 * Takes every image for a query, and judges what lies nearest to it. The definitions are those of
 * pytorch-metric-learning's `AccuracyCalculator` (K. Musgrave et al. 2020); `macro` is its `avg_of_avgs`.
 * Equally near images are taken in the order of the reference.
 *
 * @throws `OPTION_INVALID` when an embedding is not finite or a k is not a positive integer
 */
export function measureRetrieval(
  query: EmbeddingSet,
  { reference, distance, recallAt }: MeasureRetrievalOptions,
): RetrievalScores {
  const reader = createRetrievalReader(query, { reference, recallAt });
  runSteps(rankReferences(query, { reference, distance, readers: [reader] }));
  return reader.scores();
}

/** Sums up {@link measureRetrieval} while the nearest of every query go by. */
export function createRetrievalReader(
  query: EmbeddingSet,
  { reference, recallAt = [1, 5, 10] }: Omit<MeasureRetrievalOptions, 'distance'>,
): NearestReader & { readonly scores: () => RetrievalScores } {
  assertEmbeddings(query, reference);
  for (const k of recallAt) assertDepth(k);
  const relevant = countRelevant(query, reference);
  const classOf = (reference ?? query).classes;
  const deepest = Math.max(1, ...recallAt);
  const total = new Tally(recallAt);
  const byClass = new Map<number, Tally>();
  return {
    depth: (row) => (relevant[row] === 0 ? 0 : Math.max(relevant[row] as number, deepest)),
    read: (row, nearest) => {
      const own = query.classes[row] as number;
      const scores = scoreQuery(nearest, classOf, own, relevant[row] as number);
      const tally = byClass.get(own) ?? new Tally(recallAt);
      byClass.set(own, tally);
      tally.add(scores);
      total.add(scores);
    },
    scores: () => ({
      queries: total.count,
      loneQueries: query.classes.length - total.count,
      ...total.means(),
      macro: meanOfMeans([...byClass.values()].map((tally) => tally.means())),
      recallAt: total.recall(),
    }),
  };
}

/** @throws `OPTION_INVALID` unless `k` is a positive integer */
export function assertDepth(k: number): void {
  if (Number.isInteger(k) && k > 0) return;
  throw new IsometryError('OPTION_INVALID', `k must be a positive integer, not ${k}.`, {
    details: { k: String(k) },
  });
}

/** R: how many images of its class each query can find. */
function countRelevant(query: EmbeddingSet, reference: EmbeddingSet | undefined): number[] {
  const counts = new Map<number, number>();
  for (const own of (reference ?? query).classes) counts.set(own, (counts.get(own) ?? 0) + 1);
  const itself = reference === undefined ? 1 : 0;
  return query.classes.map((own) => (counts.get(own) ?? 0) - (counts.has(own) ? itself : 0));
}

interface QueryScores {
  readonly precisionAt1: number;
  readonly rPrecision: number;
  readonly mapAtR: number;
  /** Place of the first hit, from 1; `Infinity` without one. */
  readonly firstHit: number;
}

function scoreQuery(
  nearest: Uint32Array,
  classOf: readonly number[],
  own: number,
  relevant: number,
): QueryScores {
  let [hits, precisions, firstHit] = [0, 0, Infinity];
  for (let at = 0; at < nearest.length; at += 1) {
    if (classOf[nearest[at] as number] !== own) continue;
    firstHit = Math.min(firstHit, at + 1);
    if (at >= relevant) break;
    hits += 1;
    precisions += hits / (at + 1);
  }
  return {
    precisionAt1: Number(firstHit === 1),
    rPrecision: hits / relevant,
    mapAtR: precisions / relevant,
    firstHit,
  };
}

/** Sums of queries' scores. */
class Tally {
  readonly #ks: readonly number[];
  readonly #found: number[];
  readonly #sums = { precisionAt1: 0, rPrecision: 0, mapAtR: 0 };
  count = 0;

  constructor(ks: readonly number[]) {
    this.#ks = ks;
    this.#found = ks.map(() => 0);
  }

  add({ precisionAt1, rPrecision, mapAtR, firstHit }: QueryScores): void {
    this.count += 1;
    this.#sums.precisionAt1 += precisionAt1;
    this.#sums.rPrecision += rPrecision;
    this.#sums.mapAtR += mapAtR;
    for (const [at, k] of this.#ks.entries()) {
      if (firstHit <= k) this.#found[at] = (this.#found[at] as number) + 1;
    }
  }

  means(): RetrievalMeans {
    const { precisionAt1, rPrecision, mapAtR } = this.#sums;
    const mean = (sum: number): number | null => (this.count === 0 ? null : sum / this.count);
    return {
      precisionAt1: mean(precisionAt1),
      rPrecision: mean(rPrecision),
      mapAtR: mean(mapAtR),
    };
  }

  recall(): { readonly k: number; readonly value: number | null }[] {
    return this.#ks.map((k, at) => ({
      k,
      value: this.count === 0 ? null : (this.#found[at] as number) / this.count,
    }));
  }
}

function meanOfMeans(classes: readonly RetrievalMeans[]): RetrievalMeans {
  const mean = (name: keyof RetrievalMeans): number | null =>
    classes.length === 0
      ? null
      : classes.reduce((sum, own) => sum + (own[name] as number), 0) / classes.length;
  return {
    precisionAt1: mean('precisionAt1'),
    rPrecision: mean('rPrecision'),
    mapAtR: mean('mapAtR'),
  };
}
