import type { LayerConverter } from '../layer-converter.ts';
import { mergeLayer } from '../merge-layer.ts';

/** The largest. */
export const maximum: LayerConverter = mergeLayer('Max');
