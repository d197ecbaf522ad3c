import type { LayerConverter } from '../layer-converter.ts';
import { sequencePoolingLayer } from '../sequence-pooling-layer.ts';

/** The mean over the steps. */
export const globalAveragePooling1D: LayerConverter = sequencePoolingLayer('ReduceMean');
