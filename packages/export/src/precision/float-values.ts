import type { OnnxTensor } from '@isometry/onnx';

/** The values of a float32 tensor, copied: its bytes may lie anywhere in a file. */
export function floatValues({ data }: OnnxTensor): Float32Array {
  if (isLittleEndian) return new Float32Array(new Uint8Array(data).buffer);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Float32Array.from({ length: data.byteLength / 4 }, (_, index) =>
    view.getFloat32(index * 4, true),
  );
}

const isLittleEndian: boolean = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
