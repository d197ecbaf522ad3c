import type { SymbolicTensor } from '@tensorflow/tfjs-node';
import type { Tfjs } from '../tfjs.ts';

type Layer = InstanceType<Tfjs['layers']['Layer']>;

/** Applies a layer that has one output, which tfjs' types do not know. */
export function applyLayer(layer: Layer, input: SymbolicTensor | SymbolicTensor[]): SymbolicTensor {
  return layer.apply(input) as SymbolicTensor;
}
