import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { IsometryError } from '@isometry/core';
import type { BackboneName } from '@isometry/train';
import { cachedImagenetFile, startingWeightsFile } from '../weights/cached-weights.ts';
import type { AskedSettings, GridSettings } from './grid-settings.ts';
import { GRID_BACKBONES } from './grid.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The settings of a new grid: what is not asked for is the paper's protocol, and ImageNet weights where they are at hand.
 * @param asked with weights as {@link placeWeights} gives them
 */
export async function completeSettings(
  asked: AskedSettings,
  env: Environment,
): Promise<GridSettings> {
  const weights = await Promise.all(
    GRID_BACKBONES.map(async (backbone): Promise<readonly [BackboneName, string]> => {
      const given = asked.weights[backbone];
      if (given !== undefined) return [backbone, given];
      const cached = await cachedImagenetFile(request(backbone, asked.recipe), env).catch(
        // There is none for such a width.
        () => undefined,
      );
      return [backbone, cached ?? 'random'];
    }),
  );
  return {
    name: asked.name,
    protocol: asked.protocol ?? 'paper',
    weights: Object.fromEntries(weights) as GridSettings['weights'],
    images: asked.images,
    recipe: asked.recipe,
  };
}

/**
 * Weights as they are kept: `random`, or an absolute path; `imagenet` is the file in the cache.
 * @param backbones those of the chosen cells: nobody has to have the weights of others
 * @throws `WEIGHTS_UNAVAILABLE` when `imagenet` was not fetched, `FILE_NOT_FOUND`
 */
export async function placeWeights(
  weights: AskedSettings['weights'],
  recipe: AskedSettings['recipe'],
  backbones: ReadonlySet<BackboneName>,
  env: Environment,
): Promise<AskedSettings['weights']> {
  const placed: Partial<Record<BackboneName, string>> = {};
  for (const backbone of backbones) {
    const given = weights[backbone];
    if (given === undefined) continue;
    // Three look-ups.
    // oxlint-disable-next-line no-await-in-loop
    placed[backbone] = await place({ ...request(backbone, recipe), weights: given }, env);
  }
  return placed;
}

async function place(
  wanted: Parameters<typeof startingWeightsFile>[0],
  env: Environment,
): Promise<string> {
  const file = await startingWeightsFile(wanted, env);
  if (file === undefined || file === 'random') return 'random';
  const path = resolve(file);
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (isThere) return path;
  throw new IsometryError('FILE_NOT_FOUND', `There is no ${path} to take weights from.`, {
    hint: 'Give `random`, `imagenet`, a .h5 file, a model.json or the folder of one.',
    details: { file: path },
  });
}

function request(
  backbone: BackboneName,
  { widthMultiplier, size }: AskedSettings['recipe'],
): {
  readonly backbone: BackboneName;
  readonly widthMultiplier: number | undefined;
  readonly size: number | undefined;
} {
  return {
    backbone,
    widthMultiplier: backbone === 'mobilenet' ? widthMultiplier : undefined,
    size,
  };
}
