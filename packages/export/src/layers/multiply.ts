import type { LayerConverter } from '../layer-converter.ts';
import { mergeLayer } from '../merge-layer.ts';

/** The product. */
export const multiply: LayerConverter = mergeLayer('Mul');
