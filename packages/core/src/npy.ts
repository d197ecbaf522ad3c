import { IsometryError } from './errors.ts';

/**
 * Encodes an array as NumPy's .npy, format version 1.0: little-endian float32, C order. `numpy.load` reads it.
 * @param shape outermost first; its product is `values.length`
 */
export function encodeNpy(values: Float32Array, shape: readonly number[]): Uint8Array {
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const prefix = 10;
  const padded = Math.ceil((prefix + description.length + 1) / 64) * 64 - prefix;
  const header = `${description.padEnd(padded - 1, ' ')}\n`;
  const bytes = new Uint8Array(prefix + header.length + values.byteLength);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  new DataView(bytes.buffer).setUint16(8, header.length, true);
  bytes.set(new TextEncoder().encode(header), prefix);
  bytes.set(
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    prefix + header.length,
  );
  return bytes;
}

/**
 * Decodes what {@link encodeNpy} made: little-endian float32 in C order, and no other .npy.
 * @throws `FILE_READ_FAILED` when it is something else, or ends too early
 */
export function decodeNpy(bytes: Uint8Array): {
  readonly values: Float32Array;
  readonly shape: readonly number[];
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = bytes.length < 10 ? bytes.length : 10 + view.getUint16(8, true);
  const header = new TextDecoder().decode(bytes.subarray(10, start));
  const shape = /'descr': '<f4', 'fortran_order': False, 'shape': \(([\d, ]*)\)/u.exec(header)?.[1];
  const sides = (shape ?? '')
    .split(',')
    .flatMap((side) => (side.trim() === '' ? [] : [Number(side)]));
  const count = sides.reduce((product, side) => product * side, 1);
  if (shape === undefined || bytes.length - start !== 4 * count) {
    throw new IsometryError('FILE_READ_FAILED', 'This is not a whole .npy of float32 values.', {
      details: { bytes: bytes.length, header },
    });
  }
  const values = Float32Array.from({ length: count }, (_, at) =>
    view.getFloat32(start + 4 * at, true),
  );
  return { values, shape: sides };
}
