import { IsometryError } from '@isometry/core';

/** A float32 tensor outside TensorFlow. */
export interface TensorValues {
  readonly shape: readonly number[];
  /** Row-major, as many as the product of `shape`. */
  readonly values: Float32Array;
}

/** What a safetensors file holds: named tensors and a text. */
export interface SafetensorsContents {
  readonly tensors: ReadonlyMap<string, TensorValues>;
  /** Kept under `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const LENGTH_BYTES = 8;
const METADATA = '__metadata__';

/**
 * Writes the safetensors format (huggingface/safetensors, README "Format"): the header's length as a
 * little-endian uint64, the header as JSON, padded with blanks to a multiple of 8, and the raw values. Float32 only.
 */
export function encodeSafetensors({ tensors, metadata }: SafetensorsContents): Uint8Array {
  const header: Record<string, unknown> = { [METADATA]: metadata };
  let end = 0;
  for (const [name, { shape, values }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [end, end + values.byteLength] };
    end += values.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(LENGTH_BYTES + headerBytes + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.fill(0x20, LENGTH_BYTES + text.length, LENGTH_BYTES + headerBytes);
  bytes.set(text, LENGTH_BYTES);
  let offset = LENGTH_BYTES + headerBytes;
  for (const { values } of tensors.values()) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset += values.byteLength;
  }
  return bytes;
}

/**
 * Reads what {@link encodeSafetensors} wrote.
 * @param what names the file in errors
 * @throws `RUN_INVALID` when it is cut short or is something else
 */
export function decodeSafetensors(bytes: Uint8Array, what: string): SafetensorsContents {
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const start = LENGTH_BYTES + Number(view.getBigUint64(0, true));
    const text = new TextDecoder('utf-8', { fatal: true }).decode(
      bytes.subarray(LENGTH_BYTES, start),
    );
    const header = new Map(Object.entries(JSON.parse(text) as Record<string, unknown>));
    const metadata = (header.get(METADATA) ?? {}) as Record<string, string>;
    header.delete(METADATA);
    const tensors = new Map<string, TensorValues>();
    for (const [name, entry] of header) {
      const { dtype, shape, data_offsets: offsets } = entry as Entry;
      const length = shape.reduce((product, side) => product * side, 1) * 4;
      const [from, to] = [start + offsets[0], start + offsets[1]];
      if (dtype !== 'F32' || to - from !== length || to > bytes.length) {
        throw new RangeError(`${name} does not fit`);
      }
      // A copy, at an address that float32 is allowed to have; a Buffer's own slice would be a view.
      const copy = new Uint8Array(bytes.subarray(from, to));
      tensors.set(name, { shape, values: new Float32Array(copy.buffer) });
    }
    return { tensors, metadata };
  } catch (cause) {
    throw new IsometryError('RUN_INVALID', `${what} is cut short, or is no safetensors file.`, {
      hint: 'Train again without --resume.',
      cause,
      details: { file: what },
    });
  }
}
