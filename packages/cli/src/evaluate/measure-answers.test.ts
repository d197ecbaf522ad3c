import { createRandom, type Manifest, type Progress } from '@isometry/core';
import { describe, expect, it } from 'vitest';
import { measureAnswers } from './measure-answers.ts';
import type { Answers } from './read-answers.ts';

const LABELS = ['corn', 'wart', 'never'];
const SIZE = 16;
// What is measured of a manifest; the rest is no matter here.
const MANIFEST = {
  labels: LABELS,
  embedding: { size: SIZE, normalised: false, distance: 'euclidean' },
} as unknown as Manifest;

function makeAnswers(count: number): Answers {
  const random = createRandom(2, 'test');
  const files = Array.from({ length: count }, (_, row) => ({
    file: `${row}.jpg`,
    label: LABELS[row % 2] as string,
  }));
  return {
    files,
    probabilities: Float32Array.from(
      files.flatMap((_, row) => {
        const own = random.next();
        return row % 2 === 0 ? [own, 1 - own, 0] : [1 - own, own, 0];
      }),
    ),
    embeddings: Float32Array.from({ length: count * SIZE }, () => random.next()),
    digests: [],
    skipped: [],
    warnings: new Map(),
  };
}

describe('measureAnswers', () => {
  it('lets timers run meanwhile, and says how far it is', async () => {
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 1);
    const seen: Progress[] = [];
    await measureAnswers(makeAnswers(1500), MANIFEST, { onProgress: (own) => void seen.push(own) });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(4);
    expect(seen[0]).toEqual({ stage: 'measure', done: 0, total: 1500 });
    expect(seen.at(-1)).toEqual({ stage: 'measure', done: 1500, total: 1500 });
    expect(seen.map(({ done }) => done)).toEqual(
      seen.map(({ done }) => done).sort((a, b) => a - b),
    );
  });

  it('stops in the middle when it is told to', async () => {
    const pressed = new AbortController();
    setImmediate(() => setImmediate(() => pressed.abort()));
    const seen: number[] = [];
    await expect(
      measureAnswers(makeAnswers(1500), MANIFEST, {
        signal: pressed.signal,
        onProgress: ({ done }) => void seen.push(done),
      }),
    ).rejects.toMatchObject({ code: 'ABORTED' });
    expect(seen[0]).toBe(0);
    expect(seen.at(-1)).toBeLessThan(1500);
  });

  it('draws groups whole for recalls too, and has none of a class without images', async () => {
    const answers = makeAnswers(40);
    const groups = new Map(answers.files.map(({ file }, row) => [file, `${row % 5}`]));
    const { metrics, groups: count } = await measureAnswers(answers, MANIFEST, { groups });
    const alone = await measureAnswers(answers, MANIFEST, {});
    expect(count).toBe(5);
    for (const row of [0, 1]) {
      const own = metrics.classification.classes[row]?.recall;
      const independent = alone.metrics.classification.classes[row]?.recall;
      expect(own).toMatchObject({ value: independent?.value, method: 'cluster bootstrap' });
      expect(independent).toMatchObject({ method: 'wilson' });
    }
    expect(metrics.classification.classes[2]?.recall).toBeNull();
    expect(alone.metrics.classification.classes[2]?.recall).toBeNull();
  });
});
