import { MAX_MODEL_BYTES } from './limits.ts';
import { modelTooLarge } from './model-invalid.ts';
import type { ProtobufWriter } from './protobuf-writer.ts';

/** The written ModelProto as one array. @throws `MODEL_TOO_LARGE` */
export function finishModel(writer: ProtobufWriter): Uint8Array {
  assertReadable(writer);
  return writer.finish();
}

/** The written ModelProto in pieces. @throws `MODEL_TOO_LARGE` */
export function modelPieces(writer: ProtobufWriter): readonly Uint8Array[] {
  assertReadable(writer);
  return writer.pieces();
}

function assertReadable({ size }: ProtobufWriter): void {
  if (size <= MAX_MODEL_BYTES) return;
  throw modelTooLarge(size, MAX_MODEL_BYTES, 'Write the weights to a side file: `encodeExternal`.');
}
