import { IsometryError } from '@isometry/core';
import type { LossPreset, MetricLossConfig, MetricLossName } from './metric-loss-config.ts';

export type { LossPreset, MetricLossName } from './metric-loss-config.ts';

/** What a network can be trained by: a metric loss, or cross-entropy alone. */
export type LossName = 'cross-entropy' | MetricLossName;

export const LOSS_NAMES: readonly LossName[] = [
  'cross-entropy',
  'contrastive',
  'triplet',
  'lifted-structured',
  'generalized-lifted',
  'multi-similarity',
  'supervised-contrastive',
];

export const LOSS_PRESETS: readonly LossPreset[] = [
  'paper',
  'hadsell2006',
  'facenet2015',
  'song2016',
  'pml',
];

/** What `resolveLoss` changes of a preset; what a loss does not have is refused. */
export type LossOverrides = {
  readonly [Key in OverrideKey]?: Extract<MetricLossConfig, Record<Key, unknown>>[Key] | undefined;
};

type KeysOf<Config> = Config extends unknown ? keyof Config : never;
type OverrideKey = Exclude<KeysOf<MetricLossConfig>, 'name' | 'preset'>;

type Presets<Name extends MetricLossName> = Partial<
  Record<LossPreset, Omit<Extract<MetricLossConfig, { name: Name }>, 'name' | 'preset'>>
>;

/**
 * Every formula that has a name; a loss' first one is its default. The paper gives neither margins nor
 * whether it normalises: where it says nothing, the source of its equation is followed.
 */
const PRESETS: { readonly [Name in MetricLossName]: Presets<Name> } = {
  contrastive: {
    // Eq. 1: a plain sum, here with every pair of the batch once. Adam's steps do not see the scale.
    paper: {
      normalise: false,
      distance: 'euclidean',
      squared: true,
      margin: 1,
      reduction: 'sum-pairs',
      factor: 0.5,
    },
    // Eq. 4 of Hadsell, Chopra and LeCun 2006, their loss of a pair averaged. They leave the margin open.
    hadsell2006: {
      normalise: false,
      distance: 'euclidean',
      squared: true,
      margin: 1,
      reduction: 'mean-pairs',
      factor: 0.5,
    },
    // ContrastiveLoss() of pytorch-metric-learning 2.9: linear, and not what Hadsell et al. wrote.
    pml: {
      normalise: true,
      distance: 'euclidean',
      squared: false,
      margin: 1,
      reduction: 'mean-active-pairs',
      factor: 1,
    },
  },
  triplet: {
    // Eqs. 2 and 3: squared distances, 3/2 of the mean over m triplets. The margin, and with it the unit
    // sphere that gives it a meaning, are FaceNet's, whose equation this is.
    paper: {
      normalise: true,
      distance: 'euclidean',
      squared: true,
      margin: 0.2,
      reduction: 'mean-triplets',
      factor: 1.5,
      mining: 'all',
    },
    // Schroff et al. 2015: a sum, over semi-hard negatives for all pairs of anchor and positive.
    facenet2015: {
      normalise: true,
      distance: 'euclidean',
      squared: true,
      margin: 0.2,
      reduction: 'sum-triplets',
      factor: 1,
      mining: 'semi-hard',
    },
    // TripletMarginLoss().
    pml: {
      normalise: true,
      distance: 'euclidean',
      squared: false,
      margin: 0.05,
      reduction: 'mean-active-triplets',
      factor: 1,
      mining: 'all',
    },
  },
  'lifted-structured': {
    // Eq. 4, which is Song et al.'s: embeddings as they are and margin 1, as they had them.
    paper: {
      normalise: false,
      distance: 'euclidean',
      squared: false,
      margin: 1,
      reduction: 'mean-positive-pairs',
      form: 'smooth',
    },
    song2016: {
      normalise: false,
      distance: 'euclidean',
      squared: false,
      margin: 1,
      reduction: 'mean-positive-pairs',
      form: 'smooth',
    },
    // LiftedStructureLoss().
    pml: {
      normalise: true,
      distance: 'euclidean',
      squared: false,
      margin: 1,
      reduction: 'mean-positive-pairs',
      form: 'smooth',
    },
  },
  'generalized-lifted': {
    // GeneralizedLiftedStructureLoss().
    pml: {
      normalise: true,
      distance: 'euclidean',
      squared: false,
      margin: 1,
      reduction: 'mean-anchors',
    },
  },
  'multi-similarity': {
    // MultiSimilarityLoss() with MultiSimilarityMiner(): the loss of Wang et al. 2019 has both.
    pml: {
      normalise: true,
      distance: 'cosine',
      squared: false,
      margin: 0.1,
      reduction: 'mean-anchors',
      mining: 'multi-similarity',
      alpha: 2,
      beta: 50,
      base: 0.5,
    },
  },
  'supervised-contrastive': {
    // SupConLoss().
    pml: {
      normalise: true,
      distance: 'cosine',
      squared: false,
      reduction: 'mean-active-anchors',
      temperature: 0.1,
    },
  },
};

/** The presets that a loss has; the first is its default: `paper` where the paper has the loss. */
export function presetsOf(name: MetricLossName): readonly LossPreset[] {
  return LOSS_PRESETS.filter((preset) => PRESETS[name][preset] !== undefined);
}

/**
 * Spells out a loss.
 * @param preset of `presetsOf(name)`; the first of them if not given
 * @param overrides what to change; the preset is then `custom`, unless it said the same
 * @throws `OPTION_INVALID` for a preset or a choice that the loss does not have, and for numbers out of range
 */
export function resolveLoss(
  name: MetricLossName,
  preset: LossPreset | undefined = presetsOf(name)[0],
  overrides: LossOverrides = {},
): MetricLossConfig {
  const known = presetsOf(name).includes(preset as LossPreset);
  const choices = known ? PRESETS[name][preset as LossPreset] : undefined;
  if (choices === undefined) {
    throw new IsometryError('OPTION_INVALID', `The loss ${name} has no preset ${String(preset)}.`, {
      hint: `Give one of ${presetsOf(name).join(', ')}.`,
      details: { option: 'lossPreset' },
    });
  }
  const changes = Object.entries(overrides).filter(([, value]) => value !== undefined);
  for (const [key, value] of changes) assertChoice(name, key, value);
  const isChanged = changes.some(([key, value]) => choices[key as keyof typeof choices] !== value);
  const config = {
    name,
    preset: isChanged ? 'custom' : preset,
    ...choices,
    ...Object.fromEntries(changes),
    // The keys and values were checked against this loss' own.
  } as MetricLossConfig;
  if (config.name === 'triplet' && config.distance === 'cosine' && config.squared) {
    throw new IsometryError('OPTION_INVALID', 'squared is true, and the distance is the cosine.', {
      hint: 'Give squared as false: 1 - cos is half a squared distance already.',
      details: { option: 'squared' },
    });
  }
  return config;
}

/** What a loss lets one choose: a list of values, or `above 0`, or any number. */
type Choice = readonly (string | boolean)[] | 'above 0' | 'any number';

const COMMON: Readonly<Record<string, Choice>> = {
  normalise: [true, false],
  distance: ['euclidean', 'cosine'],
  squared: [false],
  margin: 'above 0',
};

const CHOICES: Readonly<Record<MetricLossName, Readonly<Record<string, Choice>>>> = {
  contrastive: {
    ...COMMON,
    squared: [true, false],
    reduction: ['sum-pairs', 'mean-pairs', 'mean-active-pairs'],
    factor: 'above 0',
  },
  triplet: {
    ...COMMON,
    squared: [true, false],
    reduction: ['sum-triplets', 'mean-triplets', 'mean-active-triplets'],
    factor: 'above 0',
    mining: ['all', 'hard', 'semi-hard', 'semi-hard-all'],
  },
  'lifted-structured': {
    ...COMMON,
    reduction: ['mean-positive-pairs'],
    form: ['smooth', 'hard-max'],
  },
  'generalized-lifted': { ...COMMON, reduction: ['mean-anchors'] },
  'multi-similarity': {
    ...COMMON,
    distance: ['cosine'],
    reduction: ['mean-anchors'],
    mining: ['multi-similarity', 'all'],
    alpha: 'above 0',
    beta: 'above 0',
    base: 'any number',
  },
  'supervised-contrastive': {
    normalise: [true, false],
    distance: ['cosine'],
    squared: [false],
    reduction: ['mean-active-anchors'],
    temperature: 'above 0',
  },
};

function assertChoice(name: MetricLossName, key: string, value: unknown): void {
  const choice = Object.hasOwn(CHOICES[name], key) ? CHOICES[name][key] : undefined;
  if (choice === undefined) {
    throw new IsometryError('OPTION_INVALID', `The loss ${name} has no ${key}.`, {
      hint: `It has ${Object.keys(CHOICES[name]).join(', ')}.`,
      details: { option: key },
    });
  }
  if (typeof choice === 'object') {
    if ((choice as readonly unknown[]).includes(value)) return;
  } else if (Number.isFinite(value) && (choice === 'any number' || (value as number) > 0)) {
    return;
  }
  throw new IsometryError('OPTION_INVALID', `${key} of the loss ${name} is ${String(value)}.`, {
    hint: `Give ${typeof choice === 'object' ? `one of ${choice.join(', ')}` : choice}.`,
    details: { option: key },
  });
}
