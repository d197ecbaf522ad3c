import { createHash, type Hash } from 'node:crypto';
import { basename, dirname, isAbsolute, join, normalize } from 'node:path';
import { isIsometryError } from '@isometry/core';
import type { Tfjs } from '../tfjs.ts';
import { readBytes } from './read-bytes.ts';
import {
  splitWeightName,
  weightsInvalid,
  type FileWeight,
  type WeightFile,
} from './weight-file.ts';

type ManifestEntry = Parameters<Tfjs['io']['decodeWeights']>[1][number];

interface WeightGroup {
  readonly paths: readonly string[];
  readonly weights: readonly ManifestEntry[];
}

/** Bytes of an element on disk, plain or quantised. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  float16: 2,
  uint16: 2,
  uint8: 1,
};

/**
 * Opens a TensorFlow.js layers model: its `model.json` and the weight files beside it. A group of tensors of which a
 * file is absent is listed without its values.
 * @throws `WEIGHTS_INVALID`, `FILE_NOT_FOUND`, `FILE_READ_FAILED`
 */
export async function openTfjsLayers(tf: Tfjs, path: string): Promise<WeightFile> {
  const bytes = await readBytes(path);
  const { groups, kerasVersion } = readModelJson(path, bytes);
  const hash = createHash('sha256').update(bytes);
  const weights: FileWeight[] = [];
  // One after another: the hash is over the files in the order of the manifest.
  for (const group of groups) weights.push(...(await readGroup(tf, path, group, hash)));
  return {
    format: 'tfjs-layers',
    sha256: hash.digest('hex'),
    isFromKeras: !kerasVersion.startsWith('tfjs-layers'),
    weights,
    close: () => {},
  };
}

function readModelJson(path: string, bytes: Uint8Array) {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw weightsInvalid(path, 'it is no JSON', cause);
  }
  if (!isObject(json) || !isObject(json['modelTopology'])) {
    throw weightsInvalid(path, 'it is no TensorFlow.js layers model');
  }
  const { modelTopology, weightsManifest } = json;
  if (!Array.isArray(weightsManifest) || !weightsManifest.every(isGroup)) {
    throw weightsInvalid(path, 'its weightsManifest is malformed');
  }
  return {
    groups: weightsManifest as readonly WeightGroup[],
    kerasVersion: String(modelTopology['keras_version']),
  };
}

async function readGroup(
  tf: Tfjs,
  path: string,
  group: WeightGroup,
  hash: Hash,
): Promise<FileWeight[]> {
  const shards = await readShards(path, group.paths);
  for (const shard of shards ?? []) hash.update(shard);
  const bytes = shards === undefined ? undefined : Buffer.concat(shards);
  let offset = 0;
  const weights = group.weights.flatMap((entry): FileWeight[] => {
    const start = offset;
    offset += bytesOf(path, entry);
    const end = offset;
    const name = splitWeightName(entry.name);
    if (name === undefined) return [];
    const read =
      bytes === undefined ? undefined : () => decode(tf, path, entry, bytes.subarray(start, end));
    return [{ ...name, shape: entry.shape, read }];
  });
  if (bytes !== undefined && bytes.length !== offset) {
    const names = group.paths.join(', ');
    throw weightsInvalid(path, `${names}: ${bytes.length} bytes instead of ${offset}`);
  }
  return weights;
}

/** `undefined` when one of them is not there. */
async function readShards(
  path: string,
  names: readonly string[],
): Promise<readonly Uint8Array[] | undefined> {
  const shards: Uint8Array[] = [];
  for (const name of names) {
    // A model.json from elsewhere must not make us read files from elsewhere.
    if (isAbsolute(name) || normalize(name).startsWith('..')) {
      throw weightsInvalid(path, `its weight file "${name}" lies outside its folder`);
    }
    try {
      shards.push(await readBytes(join(dirname(path), name)));
    } catch (error) {
      if (isIsometryError(error) && error.code === 'FILE_NOT_FOUND') return undefined;
      throw error;
    }
  }
  return shards;
}

function bytesOf(path: string, { name, shape, dtype, quantization }: ManifestEntry) {
  const elementBytes = ELEMENT_BYTES[quantization?.dtype ?? dtype];
  if (dtype !== 'float32' || elementBytes === undefined) {
    throw weightsInvalid(path, `"${name}" is of ${quantization?.dtype ?? dtype}, not of floats`);
  }
  return shape.reduce((product, side) => product * side, 1) * elementBytes;
}

function decode(tf: Tfjs, path: string, entry: ManifestEntry, bytes: Uint8Array): Float32Array {
  // A copy: the decoder wants a buffer of its own, at an aligned offset.
  const tensor = tf.io.decodeWeights(Uint8Array.from(bytes).buffer, [entry])[entry.name];
  if (tensor === undefined) {
    throw weightsInvalid(path, `"${entry.name}" in ${basename(path)} cannot be decoded`);
  }
  // dataSync may hand out TensorFlow's own memory.
  const values = Float32Array.from(tensor.dataSync());
  tensor.dispose();
  return values;
}

function isGroup(value: unknown): value is WeightGroup {
  return (
    isObject(value) &&
    Array.isArray(value['paths']) &&
    value['paths'].every((path) => typeof path === 'string') &&
    Array.isArray(value['weights']) &&
    value['weights'].every(isEntry)
  );
}

function isEntry(value: unknown): value is ManifestEntry {
  return (
    isObject(value) &&
    typeof value['name'] === 'string' &&
    typeof value['dtype'] === 'string' &&
    Array.isArray(value['shape']) &&
    value['shape'].every((side) => Number.isSafeInteger(side) && (side as number) >= 0) &&
    (value['quantization'] === undefined || isObject(value['quantization']))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
