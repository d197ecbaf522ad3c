import type { LayerConverter } from '../layer-converter.ts';
import { poolingLayer } from '../pooling-layer.ts';

/** The mean of each window. */
export const averagePooling2D: LayerConverter = poolingLayer('AveragePool');
