import { DATA_TYPES, dataTypeOf, type DataType } from './data-type.ts';
import { decodeExternalEntry, EXTERNAL, type ExternalTensors } from './external-tensors.ts';
import { MAX_RANK } from './limits.ts';
import type { OnnxTensor } from './model.ts';
import { modelInvalid, modelUnsupported } from './model-invalid.ts';
import type { ProtobufReader } from './protobuf-reader.ts';

/** Reads a TensorProto. Typed fields (`float_data`, `int64_data` …) become raw bytes, as ONNX defines them. */
export function decodeTensor(reader: ProtobufReader, external: ExternalTensors): OnnxTensor {
  let name = '';
  let code = 0;
  let location = 0;
  let raw: Uint8Array | undefined;
  const dims: number[] = [];
  const floats = new FixedNumbers();
  const doubles = new FixedNumbers();
  const words: number[] = [];
  const entries = new Map<string, string>();
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        reader.ints(dims);
        break;
      case 2:
        code = reader.int();
        break;
      case 4:
        floats.add(reader.fixed(4));
        break;
      case 5: // int32_data: also the 8- and 16-bit types and bool
      case 7: // int64_data
      case 11: // uint64_data: also uint32
        reader.words(words);
        break;
      case 6:
        throw modelUnsupported(`a tensor of strings ("${name}")`);
      case 8:
        name = reader.string();
        break;
      case 9:
        raw = reader.bytes();
        break;
      case 10:
        doubles.add(reader.fixed(8));
        break;
      case 13:
        decodeExternalEntry(reader.message(), entries);
        break;
      case 14:
        location = reader.int();
        break;
      default:
        reader.skip();
    }
  }
  const dataType = dataTypeOf(code);
  if (dataType === undefined) throw modelUnsupported(`tensor data type ${code} ("${name}")`);
  const expected = byteLength(name, dims, dataType);
  const inline = raw ?? typedBytes(dataType, floats, words, doubles);
  if (location === EXTERNAL) {
    if (inline.length > 0) throw modelInvalid(`tensor "${name}" has its values twice`);
    return { name, dataType, dims, data: external.read(name, entries, expected) };
  }
  if (location !== 0) throw modelUnsupported(`data location ${location} ("${name}")`);
  if (inline.length !== expected) {
    throw modelInvalid(
      `tensor "${name}" of shape [${dims.join(', ')}] has ${inline.length} bytes instead of ${expected}`,
    );
  }
  return { name, dataType, dims, data: inline };
}

function byteLength(name: string, dims: readonly number[], dataType: DataType): number {
  if (dims.length > MAX_RANK) throw modelInvalid(`tensor "${name}" has ${dims.length} dimensions`);
  if (dims.some((size) => size < 0)) throw modelInvalid(`tensor "${name}" has a negative size`);
  const length = dims.reduce((total, size) => total * size, DATA_TYPES[dataType].sizeBytes);
  if (!Number.isSafeInteger(length)) {
    throw modelInvalid(`tensor "${name}" of shape [${dims.join(', ')}] is too large`);
  }
  return length;
}

function typedBytes(
  dataType: DataType,
  floats: FixedNumbers,
  words: readonly number[],
  doubles: FixedNumbers,
): Uint8Array {
  if (dataType === 'float32') return floats.bytes;
  if (dataType === 'float64') return doubles.bytes;
  const { sizeBytes } = DATA_TYPES[dataType];
  const bytes = new Uint8Array((words.length / 2) * sizeBytes);
  const view = new DataView(new ArrayBuffer(8));
  const element = new Uint8Array(view.buffer, 0, sizeBytes);
  for (let index = 0; index < words.length / 2; index++) {
    view.setInt32(0, words[index * 2] as number, true);
    view.setInt32(4, words[index * 2 + 1] as number, true);
    bytes.set(element, index * sizeBytes);
  }
  return bytes;
}

/** `float_data` or `double_data`: on the wire they are what `raw_data` would be. One packed list stays a view. */
class FixedNumbers {
  #bytes: Uint8Array = new Uint8Array(0);
  #length = 0;
  #isView = true;

  add(part: Uint8Array): void {
    const length = this.#length + part.length;
    if (this.#length === 0) {
      this.#bytes = part;
    } else {
      if (this.#isView || length > this.#bytes.length) {
        const grown = new Uint8Array(length * 2);
        grown.set(this.bytes);
        this.#bytes = grown;
        this.#isView = false;
      }
      this.#bytes.set(part, this.#length);
    }
    this.#length = length;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}
