import type { OnnxTensor } from './model.ts';

/** Whether numbers lie in this machine's memory as they do in an ONNX file. */
const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * A float32 tensor: `dims` multiplied many `values`, row-major. Where the machine allows, it is a view of a
 * `Float32Array` that is given, not a copy: what changes there changes here.
 */
export function floatTensor(
  name: string,
  dims: readonly number[],
  values: Float32Array | readonly number[],
): OnnxTensor {
  if (isLittleEndian) {
    const { buffer, byteOffset, byteLength } =
      values instanceof Float32Array ? values : Float32Array.from(values);
    return {
      name,
      dataType: 'float32',
      dims,
      data: new Uint8Array(buffer, byteOffset, byteLength),
    };
  }
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
