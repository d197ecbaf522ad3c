import type { LayerConverter } from '../layer-converter.ts';
import { mergeLayer } from '../merge-layer.ts';

/** The sum. */
export const add: LayerConverter = mergeLayer('Add');
