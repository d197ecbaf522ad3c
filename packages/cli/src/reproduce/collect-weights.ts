import { IsometryError } from '@isometry/core';
import type { BackboneName } from '@isometry/train';
import { GRID_BACKBONES } from './grid.ts';

type Weights = Partial<Record<BackboneName, string>>;

/**
 * Collects `--weights`: `random` or `imagenet` for all backbones, `mobilenet=weights.h5` for one.
 * @throws `OPTION_INVALID` for a file that names no backbone
 */
export function collectWeights(text: string, before: Weights = {}): Weights {
  const weights: Weights = { ...before };
  for (const part of text.split(',')) {
    const [name, ...source] = part.split('=');
    const backbone = GRID_BACKBONES.find((own) => own === name);
    if (backbone === undefined && !['random', 'imagenet'].includes(part)) {
      throw new IsometryError('OPTION_INVALID', `--weights ${part} names no backbone.`, {
        hint: `A file is of one backbone: give ${GRID_BACKBONES.join('=…, ')}=…`,
        details: { option: 'weights', value: part },
      });
    }
    if (backbone === undefined) for (const own of GRID_BACKBONES) weights[own] = part;
    else weights[backbone] = source.join('=');
  }
  return weights;
}
