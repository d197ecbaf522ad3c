import type { LayerConverter } from '../layer-converter.ts';
import { globalPoolingLayer } from '../pooling-layer.ts';

/** The mean over rows and columns. */
export const globalAveragePooling2D: LayerConverter = globalPoolingLayer('GlobalAveragePool');
