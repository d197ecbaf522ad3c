import { IsometryError } from '@isometry/core';
import { fetchBytes } from './fetch-bytes.ts';

/** A model file's address (a string is relative to the page), or its bytes. */
export type ModelSource = string | URL | Uint8Array | ArrayBuffer | Blob;

/** @throws `FILE_NOT_FOUND`, `FILE_READ_FAILED`, `MODEL_TOO_LARGE`, `OPTION_INVALID`, `ABORTED` */
export async function readModel(
  source: ModelSource,
  options: { readonly maxBytes: number; readonly signal?: AbortSignal | undefined },
): Promise<Uint8Array> {
  const { maxBytes } = options;
  const tooLarge = (): IsometryError =>
    new IsometryError('MODEL_TOO_LARGE', `The model file has more than ${maxBytes} bytes.`, {
      hint: 'Raise limits.model.maxBytes if the file is to be trusted.',
      details: { maxBytes },
    });
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof Blob) {
    if (source.size > maxBytes) throw tooLarge();
    return new Uint8Array(await source.arrayBuffer());
  }
  if (typeof source === 'string' || source instanceof URL) {
    return fetchBytes(source, { ...options, tooLarge });
  }
  throw new IsometryError('OPTION_INVALID', 'The model is neither an address nor bytes.', {
    hint: 'Pass a URL, a Uint8Array, an ArrayBuffer or a Blob.',
    details: { option: 'model' },
  });
}
