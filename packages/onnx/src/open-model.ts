import { MAX_MODEL_BYTES, type OnnxLimits } from './limits.ts';
import { modelInvalid, modelTooLarge } from './model-invalid.ts';
import { ProtobufReader } from './protobuf-reader.ts';

/** What people hand in by mistake, by its first bytes, so that the error can say so. */
const OTHER_FORMATS: readonly (readonly [name: string, signature: readonly number[]])[] = [
  ['a PNG image', [0x89, 0x50, 0x4e, 0x47]],
  ['a JPEG image', [0xff, 0xd8, 0xff]],
  ['a ZIP archive', [0x50, 0x4b, 0x03, 0x04]],
  ['an HDF5 file (a Keras .h5 model?)', [0x89, 0x48, 0x44, 0x46]],
  ['a JSON text (a model.json?)', [0x7b, 0x22]],
  ['an HTML page', [0x3c, 0x21]],
  [
    'a Git LFS pointer, not the file it stands for',
    [0x76, 0x65, 0x72, 0x73, 0x69, 0x6f, 0x6e, 0x20],
  ],
];

/** Checks size and first bytes, and returns a reader over the ModelProto. @throws `MODEL_TOO_LARGE`, `MODEL_INVALID` */
export function openModel(bytes: Uint8Array, limits: OnnxLimits = {}): ProtobufReader {
  const maxBytes = limits.maxBytes ?? MAX_MODEL_BYTES;
  if (bytes.length > maxBytes) {
    throw modelTooLarge(
      bytes.length,
      maxBytes,
      'Raise the limit `maxBytes` if you trust the file.',
    );
  }
  if (bytes.length === 0) throw modelInvalid('the file is empty');
  for (const [name, signature] of OTHER_FORMATS) {
    if (signature.every((byte, index) => bytes[index] === byte)) {
      throw modelInvalid(`the file is ${name}`);
    }
  }
  return new ProtobufReader(bytes);
}
