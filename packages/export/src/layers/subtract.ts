import type { LayerConverter } from '../layer-converter.ts';
import { mergeLayer } from '../merge-layer.ts';

/** The first less the second: Keras has it, tfjs does not. */
export const subtract: LayerConverter = mergeLayer('Sub');
