import type { LayerConverter } from '../layer-converter.ts';
import { sequencePoolingLayer } from '../sequence-pooling-layer.ts';

/** The largest value of all steps. */
export const globalMaxPooling1D: LayerConverter = sequencePoolingLayer('ReduceMax');
