import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ManifestDraft } from '@isometry/core';
import type { LayersModel } from '@tensorflow/tfjs';
import { toModelFile } from './layers-model.ts';

/** Where the second group's bytes are cut into two files: inside a weight, even inside a float. */
const CUT = 1001;

/** Writes what `isometry train` writes and the exporter reads; the weights in two groups, one of them of two files. */
export async function writeRun(
  folder: string,
  model: LayersModel,
  draft: ManifestDraft,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { topology, weights } = await toModelFile(model);
  const specs = [...weights].map(([name, { shape, data }]) => ({ name, shape, data }));
  const [first, ...others] = specs;
  const rest = Buffer.concat(others.map(({ data }) => bytesOf(data)));
  const describeWeights = (list: typeof specs): unknown =>
    list.map(({ name, shape }) => ({ name, shape, dtype: 'float32' }));
  const manifest = [
    { paths: ['first.bin'], weights: describeWeights(first === undefined ? [] : [first]) },
    { paths: ['weights-1.bin', 'weights-2.bin'], weights: describeWeights(others) },
  ];
  const modelJson = { format: 'layers-model', modelTopology: topology, weightsManifest: manifest };
  const files: Readonly<Record<string, string | Uint8Array>> = {
    'model.json': JSON.stringify(modelJson),
    'run.json': JSON.stringify({ version: 1, manifest: draft }),
    'first.bin': bytesOf(first?.data ?? new Uint8Array()),
    'weights-1.bin': rest.subarray(0, CUT),
    'weights-2.bin': rest.subarray(CUT),
  };
  await Promise.all(
    Object.entries(files).map(([name, content]) => writeFile(join(folder, name), content)),
  );
}

function bytesOf(values: Float32Array | Int32Array | Uint8Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
