import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '@isometry/core';
import { projectTsne, projectUmap } from '@isometry/report';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgesPython, NO_JUDGES, runJudge } from '../judges.ts';

const SCRIPT = join(import.meta.dirname, 'judge_projection.py');

/** Each map is a local minimum: measured 0.975, 1.013 and 0.988 of scikit-learn's own t-SNE. */
const DIVERGENCE_RATIO = 1.03;
/** Below scikit-learn's own t-SNE: measured 0.001 at most, and 0.013 of UMAP. */
const TRUST_BELOW = { tsne: 0.005, umap: 0.02 };

interface Verdict {
  readonly trustworthiness: { readonly tsne: number; readonly umap: number; readonly own: number };
  readonly divergence: { readonly tsne: number; readonly own: number };
}

/** Uniform noise around `classes` centres. */
function clusters(count: number, size: number, classes: number): number[][] {
  const random = createRandom(count, 'test/projection-judges');
  const centres = Array.from({ length: classes }, () =>
    Array.from({ length: size }, () => 3 * random.next()),
  );
  return Array.from({ length: count }, (_, row) =>
    (centres[row % classes] as number[]).map((at) => at + 2 * random.next()),
  );
}

function mapRows(map: Float64Array): number[][] {
  return Array.from({ length: map.length / 2 }, (_, row) => [
    map[row * 2] as number,
    map[row * 2 + 1] as number,
  ]);
}

describe('scikit-learn judges', () => {
  let folder = '';
  let verdicts: Verdict[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isometry-projection-'));
    if (judgesPython() === undefined) return;
    const sets: { points: number[][]; perplexity: number }[] = [
      { points: JSON.parse(await runJudge(SCRIPT, ['digits', '300'])), perplexity: 30 },
      { points: clusters(160, 24, 5), perplexity: 15 },
      { points: clusters(120, 8, 1), perplexity: 30 },
    ];
    const cases = [];
    for (const { points, perplexity } of sets) {
      const set = { data: Float64Array.from(points.flat()), size: (points[0] as number[]).length };
      cases.push({
        points,
        perplexity,
        tsne: mapRows(await projectTsne(set, { perplexity })),
        umap: mapRows(await projectUmap(set)),
      });
    }
    const file = join(folder, 'cases.json');
    await writeFile(file, JSON.stringify(cases));
    verdicts = JSON.parse(await runJudge(SCRIPT, ['score', file])) as Verdict[];
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('t-SNE as good as its own', ({ skip }) => {
    skip(judgesPython() === undefined, NO_JUDGES);
    expect(verdicts).toHaveLength(3);
    for (const { divergence, trustworthiness } of verdicts) {
      expect(divergence.tsne).toBeLessThan(divergence.own * DIVERGENCE_RATIO);
      expect(trustworthiness.tsne).toBeGreaterThan(trustworthiness.own - TRUST_BELOW.tsne);
    }
  });

  it('UMAP nearly as true to the neighbours as t-SNE', ({ skip }) => {
    skip(judgesPython() === undefined, NO_JUDGES);
    for (const { trustworthiness } of verdicts) {
      expect(trustworthiness.umap).toBeGreaterThan(trustworthiness.own - TRUST_BELOW.umap);
    }
  });
});
