import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  measureRetrieval,
  nearestNeighbourAccuracy,
  nearestPrototypeAccuracy,
  type EmbeddingDistance,
  type EmbeddingSet,
  type RetrievalMeans,
} from '@isometry/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgesPython, NO_JUDGES, NO_TORCH, runJudge, torchPython } from '../judges.ts';
import { drawRetrievalCases, type EmbeddingRows, type RetrievalCase } from './draw-retrieval.ts';
import { createWorstErrors, type WorstErrors } from './relative-error.ts';

const SCRIPT = join(import.meta.dirname, 'judge_retrieval.py');
const CASES = 240;
/** In units of 2^-52: means are added up in another order. Measured 1 at most, of all three. */
const TOLERANCE = 4;

const NAMES = ['precisionAt1', 'rPrecision', 'mapAtR'] as const;

type Means = RetrievalMeans & { readonly macro: RetrievalMeans };

/** What brute force and scikit-learn say of a case. */
interface Verdict {
  readonly retrieval: Means & {
    readonly queries: number;
    readonly loneQueries: number;
    readonly recallAt: readonly number[] | null;
  };
  readonly neighbourAccuracy: number | null;
  readonly prototypeAccuracy: number | null;
}

/** What pytorch-metric-learning says: with our search, and with its own where that has one answer. */
interface PmlVerdict {
  readonly exact: Means;
  readonly faiss?: Means;
}

const cases = drawRetrievalCases(CASES);
let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-retrieval-'));
  file = join(folder, 'cases.json');
  await writeFile(file, JSON.stringify(cases));
});
afterAll(() => rm(folder, { recursive: true }));

function toSet({ rows, classes }: EmbeddingRows, size: number): EmbeddingSet {
  return { data: Float32Array.from(rows.flat()), size, classes };
}

function setsOf({ query, reference, size, distance }: RetrievalCase): {
  readonly query: EmbeddingSet;
  readonly options: { readonly distance: EmbeddingDistance; readonly reference?: EmbeddingSet };
} {
  return {
    query: toSet(query, size),
    options: {
      distance,
      ...(reference === undefined ? {} : { reference: toSet(reference, size) }),
    },
  };
}

function compareMeans(worst: WorstErrors, actual: Means, expected: Means): void {
  for (const name of NAMES) {
    worst.note(name, actual[name], expected[name]);
    worst.note(`macro ${name}`, actual.macro[name], expected.macro[name]);
  }
}

it('asks about cases that are worth it', () => {
  const scores = cases.map((one) => {
    const { query, options } = setsOf(one);
    return measureRetrieval(query, options);
  });
  expect(scores.filter(({ queries }) => queries === 0).length).toBeGreaterThan(5);
  expect(scores.filter((own) => own.loneQueries > 0 && own.queries > 0).length).toBeGreaterThan(60);
  expect(cases.filter(({ isDistinct }) => isDistinct).length).toBeGreaterThan(40);
});

describe('brute force and scikit-learn agree', () => {
  let verdicts: readonly Verdict[] = [];
  beforeAll(async () => {
    if (judgesPython() === undefined) return;
    verdicts = JSON.parse(await runJudge(SCRIPT, ['numpy', file])) as Verdict[];
  });

  it('on retrieval', ({ skip }) => {
    skip(judgesPython() === undefined, NO_JUDGES);
    const worst = createWorstErrors();
    for (const [index, { retrieval }] of verdicts.entries()) {
      const one = cases[index] as RetrievalCase;
      const { query, options } = setsOf(one);
      const scores = measureRetrieval(query, { ...options, recallAt: one.recallAt });
      worst.note('queries', scores.queries, retrieval.queries);
      worst.note('lone queries', scores.loneQueries, retrieval.loneQueries);
      compareMeans(worst, scores, retrieval);
      for (const [at, { value }] of scores.recallAt.entries()) {
        worst.note('recall@k', value, retrieval.recallAt?.[at] ?? null);
      }
    }
    expect(worst.above(TOLERANCE)).toEqual([]);
  });

  it('on the votes of neighbours, to the bit', ({ skip }) => {
    skip(judgesPython() === undefined, NO_JUDGES);
    const ours = cases.map((one) => {
      const { query, options } = setsOf(one);
      return one.k === null ? null : nearestNeighbourAccuracy(query, { ...options, k: one.k });
    });
    expect(ours).toEqual(verdicts.map(({ neighbourAccuracy }) => neighbourAccuracy));
  });

  it('on the nearest prototypes, to the bit', ({ skip }) => {
    skip(judgesPython() === undefined, NO_JUDGES);
    const ours = cases.map((one) => {
      const { query, options } = setsOf(one);
      // On a grid means are equally near, and sums differ in their last bit.
      return one.kind === 'grid' ? null : nearestPrototypeAccuracy(query, options);
    });
    expect(ours).toEqual(verdicts.map(({ prototypeAccuracy }) => prototypeAccuracy));
  });
});

describe('pytorch-metric-learning agrees', () => {
  const python = torchPython();
  let verdicts: readonly PmlVerdict[] = [];
  beforeAll(async () => {
    if (python === undefined) return;
    verdicts = JSON.parse(await runJudge(SCRIPT, ['pml', file], python)) as PmlVerdict[];
  });

  it('on retrieval, with an exact search and with faiss', ({ skip }) => {
    skip(python === undefined, NO_TORCH);
    const exact = createWorstErrors();
    const faiss = createWorstErrors();
    for (const [index, verdict] of verdicts.entries()) {
      const { query, options } = setsOf(cases[index] as RetrievalCase);
      const scores = measureRetrieval(query, options);
      compareMeans(exact, scores, verdict.exact);
      if (verdict.faiss !== undefined) compareMeans(faiss, scores, verdict.faiss);
    }
    expect(exact.above(TOLERANCE)).toEqual([]);
    expect(faiss.above(TOLERANCE)).toEqual([]);
  });
});
