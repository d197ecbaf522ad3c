import { closeSync, fstatSync, lstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import { IsometryError } from '@isometry/core';
import type { ExternalReference, ReadExternal } from '@isometry/onnx';

/** The side files of one model, open for reading. */
export interface ExternalDataFolder {
  /** For `decodeModel`. @throws `FILE_NOT_FOUND`, `FILE_READ_FAILED`, `MODEL_INVALID` */
  readonly read: ReadExternal;
  close(): void;
}

/** Linux reads at most 2^31 - 4096 bytes at once. */
const MAX_READ_BYTES = 2 ** 30;

/**
 * Opens the folder of a model whose weights are in side files. A link, something that is no file, and whatever lies outside
 * the folder or beyond a file's end are refused before anything is allocated.
 */
export function openExternalData(folder: string): ExternalDataFolder {
  const files = new Map<string, { readonly file: number; readonly sizeBytes: number }>();
  const open = (location: string): { readonly file: number; readonly sizeBytes: number } => {
    const opened = files.get(location) ?? openFile(folder, location);
    files.set(location, opened);
    return opened;
  };
  return {
    read(reference) {
      const { file, sizeBytes } = open(reference.location);
      if (reference.offset + reference.length > sizeBytes) {
        throw sideFileInvalid(reference.location, `it ends at byte ${sizeBytes}, before its data`);
      }
      return readRange(file, reference);
    },
    close() {
      for (const { file } of files.values()) closeSync(file);
      files.clear();
    },
  };
}

function openFile(folder: string, location: string): { file: number; sizeBytes: number } {
  const path = join(folder, location);
  let file: number | undefined;
  try {
    const isInside = realpathSync(path).startsWith(`${realpathSync(folder)}${sep}`);
    // A folder on the way may be a link too.
    if (!isInside || lstatSync(path).isSymbolicLink()) {
      throw sideFileInvalid(location, "it is a link, or lies outside the model's folder");
    }
    if (!lstatSync(path).isFile()) throw sideFileInvalid(location, 'it is no file');
    file = openSync(path, 'r');
    return { file, sizeBytes: fstatSync(file).size };
  } catch (error) {
    if (file !== undefined) closeSync(file);
    throw error instanceof IsometryError ? error : readFailed(path, error);
  }
}

function readRange(file: number, { location, offset, length }: ExternalReference): Uint8Array {
  let data: Uint8Array;
  try {
    data = new Uint8Array(length);
  } catch (cause) {
    // Node 20's arrays end at 4 GiB.
    throw sideFileInvalid(location, `a tensor of ${length} bytes is too large to read here`, cause);
  }
  let done = 0;
  try {
    while (done < length) {
      const wanted = Math.min(length - done, MAX_READ_BYTES);
      const read = readSync(file, data, done, wanted, offset + done);
      if (read === 0) throw sideFileInvalid(location, 'it was cut while it was read');
      done += read;
    }
  } catch (error) {
    throw error instanceof IsometryError ? error : readFailed(location, error);
  }
  return data;
}

function sideFileInvalid(location: string, problem: string, cause?: unknown): IsometryError {
  return new IsometryError('MODEL_INVALID', `The model's side file ${location}: ${problem}.`, {
    hint: 'Copy the model and the files beside it again, whole.',
    details: { location, problem },
    ...(cause === undefined ? {} : { cause }),
  });
}

function readFailed(path: string, cause: unknown): IsometryError {
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  return new IsometryError(
    isMissing ? 'FILE_NOT_FOUND' : 'FILE_READ_FAILED',
    isMissing
      ? `There is no file ${path}, which the model's weights are in.`
      : `${path} cannot be read.`,
    {
      hint: 'Copy the model and the files beside it again, whole.',
      cause,
      details: { path },
    },
  );
}
