import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IsometryError } from '@isometry/core';
import { readFileBytes } from './read-file.ts';

/**
 * A model file's path or `file:` URL, or its bytes. A folder that `isometry export` wrote stands for its
 * `onnx/model.onnx`, or for its smaller variant where it has that alone.
 */
export type ModelSource = string | URL | Uint8Array;

/** Where `isometry export` puts the model in the folder that it writes: fp32, fp16, int8. */
const MODELS_IN_FOLDER = ['model.onnx', 'model_fp16.onnx', 'model_quantized.onnx'] as const;

/**
 * Reads a model file of at most `maxBytes` as it is: nothing of it is looked at. Bytes are given back.
 * @throws `FILE_NOT_FOUND`, `FILE_READ_FAILED`, `MODEL_TOO_LARGE`, `OPTION_INVALID`, `ABORTED`
 */
export async function readModel(
  source: ModelSource,
  options: { readonly maxBytes: number; readonly signal?: AbortSignal | undefined },
): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  const path = await modelPath(toPath(source, 'model'));
  return readFileBytes(path, {
    ...options,
    tooLarge: (sizeBytes) =>
      new IsometryError(
        'MODEL_TOO_LARGE',
        `"${path}" has ${sizeBytes} bytes; the limit is ${options.maxBytes}.`,
        {
          hint: 'Raise limits.model.maxBytes if the file is to be trusted.',
          details: { path, sizeBytes, maxBytes: options.maxBytes },
        },
      ),
  });
}

/** Turns a path or a `file:` URL into a path. @throws `OPTION_INVALID` */
export function toPath(source: unknown, name: string): string {
  if (typeof source === 'string') return source;
  if (source instanceof URL && source.protocol === 'file:') {
    try {
      return fileURLToPath(source);
    } catch (error) {
      throw new IsometryError('OPTION_INVALID', `The ${name}'s URL "${source.href}" is no path.`, {
        hint: 'Name a file on this machine.',
        cause: error,
      });
    }
  }
  throw new IsometryError(
    'OPTION_INVALID',
    source instanceof URL
      ? `The ${name}'s URL starts with "${source.protocol}".`
      : `The ${name} is neither a path nor a URL nor bytes.`,
    {
      hint: 'Pass a path, a file: URL, or bytes that you have fetched.',
      details: { option: name },
    },
  );
}

/**
 * Where the model lies when ONNX Runtime has to open it by its path, because weights beyond 2 GiB are in a
 * side file; undefined for all others.
 */
export async function pathWithSideFile(source: ModelSource): Promise<string | undefined> {
  if (source instanceof Uint8Array) return undefined;
  const path = await modelPath(toPath(source, 'model'));
  return (await exists(`${path}_data`)) ? path : undefined;
}

async function modelPath(path: string): Promise<string> {
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    // The reader that opens the file says what is wrong with it.
    () => false,
  );
  if (!isFolder) return path;
  const candidates = MODELS_IN_FOLDER.map((name) => join(path, 'onnx', name));
  const found = await Promise.all(candidates.map(exists));
  return candidates[Math.max(0, found.indexOf(true))] as string;
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
