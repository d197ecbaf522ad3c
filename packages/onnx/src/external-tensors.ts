import { assertLocation } from './external-location.ts';
import { MAX_EXTERNAL_BYTES, type OnnxLimits } from './limits.ts';
import { modelInvalid, modelUnsupported } from './model-invalid.ts';
import type { ProtobufReader } from './protobuf-reader.ts';

/** `TensorProto.DataLocation.EXTERNAL`: the values are in another file. */
export const EXTERNAL = 1;

/** Where a tensor's bytes are outside the model file. */
export interface ExternalReference {
  /** A file beside the model: a relative path with forward slashes that stays in the model's folder. */
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** Returns exactly the `length` bytes of a side file at `offset`, or throws. */
export type ReadExternal = (reference: ExternalReference) => Uint8Array;

export interface DecodeModelOptions extends OnnxLimits {
  /** Reads side files; without it a model that has some is refused. Which files exist, and links among them, are its business. */
  readonly readExternal?: ReadExternal | undefined;
}

/** Reads what `external_data` names, within {@link OnnxLimits.maxExternalBytes}. */
export class ExternalTensors {
  readonly #read: ReadExternal | undefined;
  #left: number;

  constructor({ readExternal, maxExternalBytes = MAX_EXTERNAL_BYTES }: DecodeModelOptions) {
    this.#read = readExternal;
    this.#left = maxExternalBytes;
  }

  /** The bytes of the tensor `name`, whose shape asks for `length`. @throws `MODEL_INVALID` */
  read(name: string, entries: ReadonlyMap<string, string>, length: number): Uint8Array {
    if (this.#read === undefined) throw modelUnsupported(`external data (tensor "${name}")`);
    const location = entries.get('location') ?? '';
    assertLocation(location, `tensor "${name}"`);
    const offset = parseCount(entries.get('offset') ?? '0', name);
    const announced = parseCount(entries.get('length') ?? `${length}`, name);
    if (announced !== length) {
      throw modelInvalid(
        `tensor "${name}" has ${announced} bytes in a side file instead of ${length}`,
      );
    }
    if (!Number.isSafeInteger(offset + length)) {
      throw modelInvalid(`tensor "${name}" lies beyond 2^53 in a side file`);
    }
    this.#left -= length;
    if (this.#left < 0) {
      throw modelInvalid('its tensors take more from side files than the limit `maxExternalBytes`');
    }
    const data = this.#read({ location, offset, length });
    if (data.length !== length) {
      throw modelInvalid(
        `tensor "${name}" got ${data.length} of its ${length} bytes from "${location}"`,
      );
    }
    return data;
  }
}

/** Adds a StringStringEntryProto of `TensorProto.external_data`; a key may come only once. */
export function decodeExternalEntry(entry: ProtobufReader, entries: Map<string, string>): void {
  let key = '';
  let value = '';
  while (entry.next()) {
    if (entry.field === 1) key = entry.string();
    else if (entry.field === 2) value = entry.string();
    else entry.skip();
  }
  if (entries.has(key)) throw modelInvalid(`external data names its "${key}" twice`);
  if (entries.size === MAX_ENTRIES) throw modelInvalid('external data has too many entries');
  entries.set(key, value);
}

/** ONNX knows five keys. */
const MAX_ENTRIES = 16;

function parseCount(text: string, name: string): number {
  const count = /^\d{1,16}$/u.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(count)) {
    throw modelInvalid(`tensor "${name}" has the offset or length "${text}" in a side file`);
  }
  return count;
}
