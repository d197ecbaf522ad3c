import type { LayerConverter } from '../layer-converter.ts';
import { mergeLayer } from '../merge-layer.ts';

/** The smallest. */
export const minimum: LayerConverter = mergeLayer('Min');
