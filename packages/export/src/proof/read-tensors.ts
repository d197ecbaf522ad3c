import type { Tensor } from '@tensorflow/tfjs';
import type { ReferenceValue } from './reference-model.ts';

/** Copies tensors out of TensorFlow.js. */
export function readTensors(
  tensors: ReadonlyMap<string, Tensor>,
): ReadonlyMap<string, ReferenceValue> {
  const values = new Map<string, ReferenceValue>();
  for (const [key, tensor] of tensors) {
    values.set(key, { dims: tensor.shape, data: Float32Array.from(tensor.dataSync()) });
  }
  return values;
}
