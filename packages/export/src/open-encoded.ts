import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { IsometryError, type ModelSession } from '@isometry/core';
import type { EncodedModel } from '@isometry/onnx';
import type { CanaryPorts } from './canary.ts';
import { nearestFolder } from './nearest-folder.ts';

/** The side file of a model whose weights are beyond protobuf's 2 GiB. */
export function sideFileOf(modelFile: string): string {
  return `${modelFile}_data`;
}

/**
 * Opens a model that has not been written yet. One with a side file is put near `out` for as long as the session
 * lives, for ONNX Runtime finds such weights by path alone.
 * @throws `INFERENCE_FAILED`, `FILE_WRITE_FAILED`, `MODEL_TOO_LARGE` when the port cannot open files
 */
export async function openEncoded(
  encoded: EncodedModel,
  location: string,
  out: string,
  ports: Pick<CanaryPorts, 'createSession' | 'createSessionFromFile'>,
): Promise<ModelSession> {
  if (encoded.dataSizeBytes === 0) return ports.createSession(encoded.model);
  if (ports.createSessionFromFile === undefined) {
    throw new IsometryError(
      'MODEL_TOO_LARGE',
      'The weights take more than 2 GiB, and sessions of files were not provided for.',
      { hint: 'Hand in `createSessionFromFile`.' },
    );
  }
  // Folders that are made for it would stay behind.
  const { path: parent } = await nearestFolder(dirname(out));
  let folder: string | undefined;
  try {
    folder = await mkdtemp(join(parent, '.isometry-proof-'));
    await writeFile(join(folder, 'model.onnx'), encoded.model);
    await writeFile(join(folder, location), encoded.data);
  } catch (cause) {
    await removeFolder(folder);
    throw new IsometryError('FILE_WRITE_FAILED', `There is no room for a proof in ${parent}.`, {
      hint: 'Name a folder that you may write to, on a disk with room for twice the model.',
      cause,
      details: { path: parent },
    });
  }
  try {
    const session = await ports.createSessionFromFile(join(folder, 'model.onnx'));
    return {
      ...session,
      run: (...args) => session.run(...args),
      close: async () => {
        await session.close();
        await removeFolder(folder);
      },
    };
  } catch (error) {
    await removeFolder(folder);
    throw error;
  }
}

async function removeFolder(folder: string | undefined): Promise<void> {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
}
