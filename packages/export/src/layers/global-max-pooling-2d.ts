import type { LayerConverter } from '../layer-converter.ts';
import { globalPoolingLayer } from '../pooling-layer.ts';

/** The largest value of all rows and columns. */
export const globalMaxPooling2D: LayerConverter = globalPoolingLayer('GlobalMaxPool');
