import { decodeHalf } from './half-float.ts';
import { findShards, type ShardFile } from './shard-files.ts';
import { ShardReader } from './shard-reader.ts';
import { tfjsModelInvalid } from './tfjs-model-invalid.ts';
import {
  storedSize,
  weightCount,
  type ModelWeight,
  type Quantization,
  type WeightGroup,
  type WeightSpec,
} from './weight-spec.ts';

/** What `group` says of a weight that the optimiser keeps to go on with the training. */
const OPTIMIZER = 'optimizer';

/** Quantised values are read this many at a time: 256 KB at most. */
const CHUNK = 65_536;

/**
 * Reads the weights of a model, as tfjs' `decodeWeights` has them. All sizes are compared with those of the files
 * before the first byte is read or the first array made; memory is that of the weights: four times the files at most,
 * where they hold bytes. @throws `RUN_INVALID` naming the file or weight
 */
export async function readWeights(
  folder: string,
  groups: readonly WeightGroup[],
): Promise<ReadonlyMap<string, ModelWeight>> {
  const shards = await findShards(
    folder,
    groups.flatMap(({ paths }) => paths),
  );
  checkNames(groups);
  let first = 0;
  const placed = groups.map(({ paths, weights }) => {
    const own = shards.slice(first, first + paths.length);
    first += paths.length;
    checkSizes(own, weights);
    return { own, weights };
  });
  const read = new Map<string, ModelWeight>();
  for (const { own, weights } of placed) {
    const reader = new ShardReader(own);
    try {
      for (const spec of weights) {
        // The bytes lie one after the other.
        // oxlint-disable-next-line no-await-in-loop
        const weight = await readWeight(reader, spec);
        if (weight !== undefined) read.set(spec.name, weight);
      }
    } finally {
      // oxlint-disable-next-line no-await-in-loop
      await reader.close();
    }
  }
  return read;
}

function checkNames(groups: readonly WeightGroup[]): void {
  const names = new Set<string>();
  for (const { name, group } of groups.flatMap(({ weights }) => weights)) {
    if (group === OPTIMIZER) continue;
    if (names.has(name))
      throw tfjsModelInvalid('model.json', `it lists the weight "${name}" twice`);
    names.add(name);
  }
}

function checkSizes(shards: readonly ShardFile[], weights: readonly WeightSpec[]): void {
  const size = shards.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const files =
    shards
      .map(({ name }) => name)
      .join(', ')
      .slice(0, 200) || 'model.json';
  let end = 0;
  for (const spec of weights) {
    end += weightCount(spec) * storedSize(spec);
    if (end <= size) continue;
    const total = weights.reduce((sum, each) => sum + weightCount(each) * storedSize(each), 0);
    throw tfjsModelInvalid(
      files,
      `${size} bytes instead of the ${total} that model.json announces: weight "${spec.name}" of shape [${spec.shape.join(', ')}] is not all there`,
    );
  }
  if (end < size) {
    throw tfjsModelInvalid(files, `${size} bytes instead of the ${end} that model.json announces`);
  }
}

async function readWeight(reader: ShardReader, spec: WeightSpec): Promise<ModelWeight | undefined> {
  const { dtype, shape } = spec;
  const count = weightCount(spec);
  if (spec.group === OPTIMIZER) {
    await reader.skip(count * storedSize(spec));
    return undefined;
  }
  const data = arrayOf(dtype, count);
  const { quantization } = spec;
  if (quantization === undefined) {
    await reader.fill(data);
  } else {
    const decode = decoderOf(quantization, dtype);
    const Stored = storedSize(spec) === 1 ? Uint8Array : Uint16Array;
    const scratch = new Stored(Math.min(count, CHUNK));
    for (let first = 0; first < count; first += CHUNK) {
      const chunk = scratch.subarray(0, Math.min(CHUNK, count - first));
      // The bytes lie one after the other.
      // oxlint-disable-next-line no-await-in-loop
      await reader.fill(chunk);
      for (const [index, value] of chunk.entries()) data[first + index] = decode(value);
    }
  }
  return { shape, dtype, data };
}

function arrayOf(dtype: ModelWeight['dtype'], count: number): ModelWeight['data'] {
  switch (dtype) {
    case 'float32':
      return new Float32Array(count);
    case 'int32':
      return new Int32Array(count);
    default:
      return new Uint8Array(count);
  }
}

/** `value · scale + min` in double precision, as tfjs computes it; halves as IEEE 754 has them. */
function decoderOf(
  quantization: Quantization,
  dtype: ModelWeight['dtype'],
): (value: number) => number {
  if (quantization.dtype === 'float16') return decodeHalf;
  const { scale, min } = quantization;
  return dtype === 'int32'
    ? (value) => Math.round(value * scale + min)
    : (value) => value * scale + min;
}
