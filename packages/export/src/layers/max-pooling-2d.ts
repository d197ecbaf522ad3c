import type { LayerConverter } from '../layer-converter.ts';
import { poolingLayer } from '../pooling-layer.ts';

/** The largest value of each window. */
export const maxPooling2D: LayerConverter = poolingLayer('MaxPool');
