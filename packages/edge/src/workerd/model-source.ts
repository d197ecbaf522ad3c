import { IsometryError } from '@isometry/core';

/** A model file: a module of the bundle (a wrangler rule of type `Data`), or a stream, e.g. R2's. */
export type ModelSource = Uint8Array | ArrayBuffer | ReadableStream<Uint8Array>;

/** @throws `FILE_READ_FAILED`, `OPTION_INVALID` */
export async function readModel(model: ModelSource): Promise<Uint8Array> {
  if (model instanceof Uint8Array) return model;
  if (model instanceof ArrayBuffer) return new Uint8Array(model);
  if (!(model instanceof ReadableStream)) {
    throw new IsometryError('OPTION_INVALID', 'The model is neither bytes nor a stream of bytes.', {
      hint: 'Import it as a module of type Data, or pass the body of an R2 object.',
      details: { option: 'model' },
    });
  }
  try {
    return new Uint8Array(await new Response(model).arrayBuffer());
  } catch (cause) {
    throw new IsometryError('FILE_READ_FAILED', 'The stream of the model broke off.', {
      hint: 'Pass a new stream: one can be read only once.',
      cause,
    });
  }
}
