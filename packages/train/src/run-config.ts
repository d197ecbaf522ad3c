import { isDeepStrictEqual } from 'node:util';
import { IsometryError } from '@isometry/core';
import { readRunConfig } from './run-folder.ts';
import {
  resolveSettings,
  type RecipeOptions,
  type TrainOptions,
  type TrainSettings,
} from './train-options.ts';

/** Version of config.json. */
const CONFIG_VERSION = 1;

/** The options that decide what comes out: what config.json keeps of them. */
export type RunOptions = RecipeOptions &
  Pick<TrainOptions, 'list' | 'label' | 'group' | 'folds' | 'fold' | 'maxUnreadableShare' | 'name'>;

/** config.json: what a run was asked for and what it read. */
export interface RunConfig {
  readonly version: typeof CONFIG_VERSION;
  /** As they were given. */
  readonly options: RunOptions;
  /** With every default filled in. */
  readonly settings: TrainSettings;
  /** Where the images were: an exporter finds them there for its proof and for calibration. Absent in early runs. */
  readonly images?: string | undefined;
  readonly dataDigest: string;
  readonly splitDigest: string;
  /** Where the weights came from: `random`, or the file's `sha256:` digest. */
  readonly weights: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** Options that do not change what comes out, and so are no part of a run. */
const NOT_KEPT: ReadonlySet<string> = new Set([
  'images',
  'out',
  'overwrite',
  'resume',
  'checkpointSeconds',
  'maxCacheBytes',
  'decode',
  'signal',
  'onProgress',
  'onPlan',
  'onWarning',
]);

/** The options of a run, without what is not given. */
export function keepOptions(options: TrainOptions): RunOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => value !== undefined && !NOT_KEPT.has(name)),
  );
}

export function writeRunConfig(config: Omit<RunConfig, 'version'>): string {
  return `${JSON.stringify({ version: CONFIG_VERSION, ...config }, undefined, 2)}\n`;
}

/**
 * Reads the config of a run that is to go on. Options that are given again have to be what they were.
 * @throws `RUN_INVALID`, `OPTION_INVALID` naming the option that differs
 */
export async function resumeRunConfig(out: string, options: TrainOptions): Promise<RunConfig> {
  const config = (await readRunConfig(out)) as RunConfig;
  if (config.version !== CONFIG_VERSION) {
    throw new IsometryError(
      'RUN_INVALID',
      `${out} was written by another version of @isometry/train.`,
      {
        hint: 'Train again without --resume.',
        details: { out },
      },
    );
  }
  const given = keepOptions(options);
  const settings = resolveSettings({ ...config.options, ...given });
  for (const [name, value] of Object.entries(settings)) {
    const before = config.settings[name as keyof TrainSettings];
    if (isDeepStrictEqual(value, before)) continue;
    throw new IsometryError(
      'OPTION_INVALID',
      `The run at ${out} was started with ${name} ${JSON.stringify(before)}, not ${JSON.stringify(value)}.`,
      {
        hint: 'Resume without this option, or train into another folder.',
        details: { option: name, before, value },
      },
    );
  }
  // Its own, not what is given again: epochs that were left open stay open (see `fitEpochs`).
  return { ...config, options: { ...config.options, name: given.name ?? config.options.name } };
}
