import type { OnnxTensor } from './model.ts';

/** A float32 tensor: `dims` multiplied many `values`, row-major. */
export function floatTensor(
  name: string,
  dims: readonly number[],
  values: Float32Array | readonly number[],
): OnnxTensor {
  const data = new Uint8Array(values.length * 4);
  const view = new DataView(data.buffer);
  for (const [index, value] of values.entries()) view.setFloat32(index * 4, value, true);
  return { name, dataType: 'float32', dims, data };
}

/** An int64 tensor of one dimension, e.g. the shape that `Reshape` takes. */
export function int64Tensor(name: string, values: readonly number[]): OnnxTensor {
  const data = new Uint8Array(values.length * 8);
  const view = new DataView(data.buffer);
  for (const [index, value] of values.entries()) view.setBigInt64(index * 8, BigInt(value), true);
  return { name, dataType: 'int64', dims: [values.length], data };
}
