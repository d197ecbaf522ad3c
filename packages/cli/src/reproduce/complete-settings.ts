import { resolve } from 'node:path';
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
    protocol: asked.protocol ?? 'paper',
    weights: Object.fromEntries(weights) as GridSettings['weights'],
    images: asked.images,
    recipe: asked.recipe,
  };
}

/**
 * Weights as they are kept: `random`, or an absolute path; `imagenet` is the file in the cache.
 * @throws `WEIGHTS_UNAVAILABLE` when that was not fetched
 */
export async function placeWeights(
  weights: AskedSettings['weights'],
  recipe: AskedSettings['recipe'],
  env: Environment,
): Promise<AskedSettings['weights']> {
  const placed: Partial<Record<BackboneName, string>> = {};
  for (const backbone of GRID_BACKBONES) {
    const given = weights[backbone];
    if (given === undefined) continue;
    // Three look-ups.
    // oxlint-disable-next-line no-await-in-loop
    const file = await startingWeightsFile({ ...request(backbone, recipe), weights: given }, env);
    placed[backbone] = file === undefined || file === 'random' ? 'random' : resolve(file);
  }
  return placed;
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
