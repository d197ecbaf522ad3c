import { DATA_TYPES, dataTypeOf, type DataType } from './data-type.ts';
import type { OnnxTensor } from './model.ts';
import { modelInvalid, modelUnsupported } from './model-invalid.ts';
import type { ProtobufReader } from './protobuf-reader.ts';

/** `TensorProto.DataLocation.EXTERNAL`: the values are in another file. */
const EXTERNAL = 1;

/** Reads a TensorProto. Typed fields (`float_data`, `int64_data` …) become raw bytes, as ONNX defines them. */
export function decodeTensor(reader: ProtobufReader): OnnxTensor {
  let name = '';
  let code = 0;
  let raw: Uint8Array | undefined;
  const dims: number[] = [];
  const floats: number[] = [];
  const words: number[] = [];
  const doubles: Uint8Array[] = [];
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        reader.ints(dims);
        break;
      case 2:
        code = reader.int();
        break;
      case 4:
        reader.floats(floats);
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
        doubles.push(reader.bytes());
        break;
      case 14:
        if (reader.int() === EXTERNAL) throw modelUnsupported(`external data (tensor "${name}")`);
        break;
      default:
        reader.skip();
    }
  }
  const dataType = dataTypeOf(code);
  if (dataType === undefined) throw modelUnsupported(`tensor data type ${code} ("${name}")`);
  const data = raw ?? rawBytes(dataType, floats, words, doubles);
  const expected = byteLength(name, dims, dataType);
  if (data.length !== expected) {
    throw modelInvalid(
      `tensor "${name}" of shape [${dims.join(', ')}] has ${data.length} bytes instead of ${expected}`,
    );
  }
  return { name, dataType, dims, data };
}

function byteLength(name: string, dims: readonly number[], dataType: DataType): number {
  if (dims.some((size) => size < 0)) throw modelInvalid(`tensor "${name}" has a negative size`);
  return dims.reduce((total, size) => total * size, DATA_TYPES[dataType].sizeBytes);
}

function rawBytes(
  dataType: DataType,
  floats: readonly number[],
  words: readonly number[],
  doubles: readonly Uint8Array[],
): Uint8Array {
  if (dataType === 'float32') {
    const bytes = new Uint8Array(floats.length * 4);
    const view = new DataView(bytes.buffer);
    for (const [index, value] of floats.entries()) view.setFloat32(index * 4, value, true);
    return bytes;
  }
  if (dataType === 'float64') {
    const bytes = new Uint8Array(doubles.reduce((total, part) => total + part.length, 0));
    let position = 0;
    for (const part of doubles) {
      bytes.set(part, position);
      position += part.length;
    }
    return bytes;
  }
  const { sizeBytes } = DATA_TYPES[dataType];
  const bytes = new Uint8Array((words.length / 2) * sizeBytes);
  const view = new DataView(new ArrayBuffer(8));
  for (let index = 0; index < words.length / 2; index++) {
    view.setInt32(0, words[index * 2] as number, true);
    view.setInt32(4, words[index * 2 + 1] as number, true);
    bytes.set(new Uint8Array(view.buffer, 0, sizeBytes), index * sizeBytes);
  }
  return bytes;
}
