import { describe, expect, it } from 'vitest';
import {
  resolveLoss,
  type LossOverrides,
  type LossPreset,
  type MetricLossName,
} from './loss-presets.ts';
import { createMetricLoss } from './metric-loss.ts';
import { normaliseRows } from './random-batches.case.ts';

/** Seven points whose losses were computed by hand-written float64 loops before this code was. */
const ROWS = [
  [1, 0, 0],
  [0.2, 0.9, 0.1],
  [0.3, 1, 0],
  [0, 0.1, 1.1],
  [0.1, 0.2, 1],
  [0.6, 0.1, 0.5],
  [0.9, 0.3, 0.2],
];
const LABELS = [0, 0, 1, 1, 2, 2, 0];

/** TensorFlow Addons' triplets: a margin of 1, averaged over the triplets that it mines. */
const ADDONS = { margin: 1, reduction: 'mean-triplets' } as const;

type Golden = [MetricLossName, LossPreset, LossOverrides, raw: number, normalised: number];
const GOLDEN: readonly Golden[] = [
  ['contrastive', 'hadsell2006', {}, 0.163797716, 0.16486262],
  // TensorFlow Addons' contrastive loss is Hadsell's without the half.
  ['contrastive', 'hadsell2006', { factor: 1 }, 0.327595433, 0.32972524],
  ['contrastive', 'pml', {}, 1.330276364, 1.402265872],
  ['triplet', 'pml', {}, 0.461789647, 0.441792778],
  ['triplet', 'pml', { margin: 0.2, reduction: 'mean-triplets' }, 0.302868214, 0.295234431],
  ['triplet', 'facenet2015', { mining: 'all', reduction: 'mean-triplets' }, 0.44, 0.400800902],
  ['triplet', 'pml', { ...ADDONS, mining: 'semi-hard' }, 0.902558012, 0.870011765],
  ['triplet', 'facenet2015', ADDONS, 0.859, 0.78150476],
  ['triplet', 'pml', { ...ADDONS, mining: 'hard' }, 1.771206713, 1.779455647],
  ['lifted-structured', 'paper', {}, 5.226607732, 5.238010997],
  ['lifted-structured', 'song2016', {}, 5.226607732, 5.238010997],
  ['lifted-structured', 'pml', {}, 5.226607732, 5.238010997],
  ['lifted-structured', 'paper', { form: 'hard-max' }, 1.560800277, 1.620886774],
  ['generalized-lifted', 'pml', {}, 2.913147859, 2.912038548],
];

describe('golden losses', () => {
  it.each(GOLDEN)('%s, %s %o', (name, preset, overrides, raw, normalised) => {
    const loss = createMetricLoss(resolveLoss(name, preset, overrides));
    // Nine decimals are given.
    expect(loss(Float64Array.from(ROWS.flat()), LABELS).value).toBeCloseTo(raw, 8);
    const unit = Float64Array.from(normaliseRows(ROWS).flat());
    expect(loss(unit, LABELS).value).toBeCloseTo(normalised, 8);
  });

  it("has the paper's sums: eq. 1 without a mean, eqs. 2 and 3 with 3/2 of one", () => {
    const valueOf = (...[name, preset, overrides]: [MetricLossName, LossPreset, LossOverrides?]) =>
      createMetricLoss(resolveLoss(name, preset, overrides))(Float64Array.from(ROWS.flat()), LABELS)
        .value;
    const pairs = (LABELS.length * (LABELS.length - 1)) / 2;
    expect(valueOf('contrastive', 'paper')).toBeCloseTo(pairs * 0.163797716, 7);
    expect(valueOf('triplet', 'paper')).toBeCloseTo(1.5 * 0.44, 9);
  });
});
