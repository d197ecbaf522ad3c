import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createMetricLoss,
  resolveLoss,
  type LossOverrides,
  type LossPreset,
  type MetricLossName,
} from '@isometry/train';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_TORCH, runJudge, torchPython, whyNoTensorFlowJudge } from '../judges.ts';

const SCRIPT = join(import.meta.dirname, 'judge_losses.py');
const BATCHES = 20;
/** Relative, of values and of gradients' L2 norm. It computes in float32: measured 8.3e-7 at most. */
const ADDONS_TOLERANCE = 3e-6;
/** The same in float64: measured 2.5e-15 at most. */
const PML_TOLERANCE = 1e-12;

interface Batch {
  readonly rows: readonly (readonly number[])[];
  readonly labels: readonly number[];
}

/** What another library says of a batch. */
interface Verdict {
  readonly value: number;
  readonly gradient: readonly number[];
}

type Case = [judged: string, MetricLossName, LossPreset, LossOverrides?];

/** TensorFlow Addons: unsquared distances, margin 1, a mean over what it mines. */
const ADDONS: LossOverrides = { margin: 1, reduction: 'mean-triplets', normalise: false };

const ADDONS_CASES: readonly Case[] = [
  // Hadsell's without the half.
  ['addons contrastive', 'contrastive', 'hadsell2006', { factor: 1 }],
  ['addons semihard', 'triplet', 'pml', { ...ADDONS, mining: 'semi-hard' }],
  // FaceNet's, as a mean.
  ['addons semihard squared', 'triplet', 'facenet2015', { reduction: 'mean-triplets' }],
  // Averages over all anchors, ours over those with a triplet: the same where each image has a partner.
  ['addons hard', 'triplet', 'pml', { ...ADDONS, mining: 'hard' }],
  ['addons lifted', 'lifted-structured', 'paper'],
];

const PML_CASES: readonly Case[] = [
  ['pml contrastive', 'contrastive', 'pml'],
  ['pml triplet', 'triplet', 'pml'],
  ['pml triplet squared', 'triplet', 'pml', { squared: true, margin: 0.2 }],
  ['pml triplet hard', 'triplet', 'pml', { mining: 'hard', margin: 0.2 }],
  ['pml triplet semihard', 'triplet', 'pml', { mining: 'semi-hard-all', margin: 0.2 }],
  ['pml lifted', 'lifted-structured', 'pml'],
  ['pml lifted raw', 'lifted-structured', 'song2016'],
  ['pml generalized lifted', 'generalized-lifted', 'pml'],
  ['pml multi-similarity', 'multi-similarity', 'pml'],
  ['pml multi-similarity all', 'multi-similarity', 'pml', { mining: 'all' }],
  ['pml supervised contrastive', 'supervised-contrastive', 'pml'],
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-losses-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Asks a library for all cases at once: it takes seconds to load. */
async function ask(
  cases: readonly Case[],
  batches: readonly Batch[],
  python?: string,
): Promise<ReadonlyMap<string, readonly Verdict[]>> {
  const questions = cases.flatMap(([loss]) => batches.map((batch) => ({ loss, ...batch })));
  const file = join(folder, `${cases[0]?.[0] ?? ''}.json`);
  await writeFile(file, JSON.stringify(questions));
  const verdicts = JSON.parse(await runJudge(SCRIPT, [file], python)) as Verdict[];
  return new Map(
    cases.map(([loss], index) => [
      loss,
      verdicts.slice(index * batches.length, (index + 1) * batches.length),
    ]),
  );
}

describe('TensorFlow Addons agrees', () => {
  const reason = whyNoTensorFlowJudge();
  const batches = drawBatches(BATCHES, { partners: true });
  let verdicts: ReadonlyMap<string, readonly Verdict[]>;
  beforeAll(async () => {
    if (reason === undefined) verdicts = await ask(ADDONS_CASES, batches);
  });

  it.for(ADDONS_CASES)('%s: %s, %s', ([judged, name, preset, overrides], { skip }) => {
    skip(reason !== undefined, reason);
    const loss = createMetricLoss(resolveLoss(name, preset, overrides));
    const worst = { value: 0, gradient: 0 };
    for (const [index, { rows, labels }] of batches.entries()) {
      const ours = loss(Float64Array.from(rows.flat()), labels);
      const theirs = (verdicts.get(judged) as Verdict[])[index] as Verdict;
      worst.value = Math.max(worst.value, relativeError([ours.value], [theirs.value]));
      worst.gradient = Math.max(worst.gradient, relativeError(ours.gradient, theirs.gradient));
    }
    expect(worst.value).toBeLessThan(ADDONS_TOLERANCE);
    expect(worst.gradient).toBeLessThan(ADDONS_TOLERANCE);
  });
});

describe('pytorch-metric-learning agrees', () => {
  const python = torchPython();
  const batches = drawBatches(BATCHES, { partners: false });
  let verdicts: ReadonlyMap<string, readonly Verdict[]>;
  beforeAll(async () => {
    if (python !== undefined) verdicts = await ask(PML_CASES, batches, python);
  });

  it.for(PML_CASES)('%s: %s, %s', ([judged, name, preset, overrides], { skip }) => {
    skip(python === undefined, NO_TORCH);
    const config = resolveLoss(name, preset, overrides);
    const loss = createMetricLoss(config);
    const worst = { value: 0, gradient: 0 };
    for (const [index, { rows, labels }] of batches.entries()) {
      // It normalises by itself, so its gradient is that of the rows before.
      const units = config.normalise ? rows.map(toUnit) : rows;
      const { value, gradient } = loss(Float64Array.from(units.flat()), labels);
      const ours = config.normalise ? beforeNormalising(gradient, rows) : gradient;
      const theirs = (verdicts.get(judged) as Verdict[])[index] as Verdict;
      worst.value = Math.max(worst.value, relativeError([value], [theirs.value]));
      worst.gradient = Math.max(worst.gradient, relativeError(ours, theirs.gradient));
    }
    expect(worst.value).toBeLessThan(PML_TOLERANCE);
    expect(worst.gradient).toBeLessThan(PML_TOLERANCE);
  });
});

/** L2 norm of the difference over that of `expected`. */
function relativeError(actual: ArrayLike<number>, expected: readonly number[]): number {
  const error = Math.hypot(...expected.map((value, index) => value - (actual[index] as number)));
  return error === 0 ? 0 : error / Math.hypot(...expected);
}

function toUnit(row: readonly number[]): number[] {
  const norm = Math.hypot(...row);
  return row.map((value) => value / norm);
}

/** What is across a row, over its norm: the gradient of dividing by it. */
function beforeNormalising(
  gradient: Float64Array,
  rows: readonly (readonly number[])[],
): Float64Array {
  const width = gradient.length / rows.length;
  return gradient.map((value, index) => {
    const row = Math.floor(index / width);
    const unit = toUnit(rows[row] as number[]);
    const along = unit.reduce(
      (sum, own, axis) => sum + own * (gradient[row * width + axis] as number),
      0,
    );
    return (
      (value - along * (unit[index % width] as number)) / Math.hypot(...(rows[row] as number[]))
    );
  });
}

/**
 * Batches of 4 to 24 rows in 2 to 16 dimensions, of 2 to 4 classes, at scales 0.1 to 10. With `partners` every
 * image has one of its class and none a duplicate: TensorFlow Addons is NaN where there are no pairs of a
 * kind, and its Gram form in float32 does not see distances near 0.
 */
function drawBatches(count: number, { partners }: { partners: boolean }): readonly Batch[] {
  const next = createNoise(5);
  return Array.from({ length: count }, (_, round) => {
    const classes = 2 + Math.floor(next() * 3);
    const size = 2 * classes + Math.floor(next() * 16);
    const width = 2 + Math.floor(next() * 15);
    const scale = 10 ** ((round % 3) - 1);
    const labels = Array.from({ length: size }, (__, row) =>
      row < 2 * classes ? row % classes : Math.floor(next() * classes),
    );
    const rows = Array.from({ length: size }, () =>
      Array.from({ length: width }, () => Math.fround(scale * (2 * next() - 1))),
    );
    if (partners) return { rows, labels };
    if (round % 3 === 0) rows[1] = [...(rows[0] as number[])];
    if (round % 4 === 0) labels[size - 1] = classes;
    if (round % 7 === 6) return { rows, labels: labels.map(() => 0) };
    return { rows, labels };
  });
}

/** Uniform in [0, 1): a linear congruence (Numerical Recipes), good enough to fill batches. */
function createNoise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
