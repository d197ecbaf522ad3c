import { compareArrays, worstDifference, type Answer, type Difference } from '@isometry/core';

/** What one runtime said of the held-out pictures, in their order. */
export interface RuntimeAnswers {
  readonly name: string;
  readonly answers: readonly Answer[];
  /** SHA-256 of each picture's pixels. */
  readonly pixels: readonly string[];
}

/** The largest differences between two runtimes over all pictures. */
export interface PairDifference {
  readonly a: string;
  readonly b: string;
  readonly equalPixels: number;
  readonly sameLabel: number;
  readonly count: number;
  readonly embedding: Difference;
  readonly probabilities: Difference;
}

/** Compares every pair of runtimes, the earlier one as the reference. */
export function comparePairs(runtimes: readonly RuntimeAnswers[]): PairDifference[] {
  return runtimes.flatMap((a, index) => runtimes.slice(index + 1).map((b) => comparePair(a, b)));
}

function comparePair(a: RuntimeAnswers, b: RuntimeAnswers): PairDifference {
  const pairs = a.answers.map((answer, index) => [answer, b.answers[index] as Answer] as const);
  return {
    a: a.name,
    b: b.name,
    equalPixels: a.pixels.filter((digest, index) => digest === b.pixels[index]).length,
    sameLabel: pairs.filter(([x, y]) => x.label === y.label).length,
    count: pairs.length,
    embedding: worstDifference(pairs.map(([x, y]) => compareArrays(x.embedding, y.embedding))),
    probabilities: worstDifference(
      pairs.map(([x, y]) => compareArrays(probabilitiesOf(x), probabilitiesOf(y))),
    ),
  };
}

/** Probabilities in label order: `predictions` is sorted, and may be sorted differently elsewhere. */
function probabilitiesOf(answer: Answer): Float32Array {
  const byIndex = new Float32Array(answer.predictions.length);
  for (const { index, probability } of answer.predictions) byIndex[index] = probability;
  return byIndex;
}

/** The table as text, one line a pair. */
export function formatPairs(pairs: readonly PairDifference[]): string {
  const head = ['runtimes', 'pixels', 'same label', 'embedding', 'probabilities', 'output bits'];
  const rows = pairs.map((pair) => [
    `${pair.a} / ${pair.b}`,
    pair.equalPixels === pair.count ? 'equal' : `${pair.count - pair.equalPixels} DIFFER`,
    `${pair.sameLabel} of ${pair.count}`,
    scientific(pair.embedding.relativeL2),
    scientific(pair.probabilities.maxAbs),
    pair.embedding.maxUlp === 0 && pair.probabilities.maxUlp === 0 ? 'equal' : 'differ',
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function scientific(value: number): string {
  return value === 0 ? '0' : value.toExponential(1);
}
