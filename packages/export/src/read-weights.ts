import { fromFloat16Bits } from './precision/float16.ts';
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

/**
 * Most values of all weights: 8 GB of float32. A file system can hold a file of any length that takes no room; a
 * classifier of 2 billion weights has never been one of tfjs.
 */
const MAX_VALUES = 2 ** 31;

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
  let values = 0;
  const placed = groups.map(({ paths, weights }) => {
    const own = shards.slice(first, first + paths.length);
    first += paths.length;
    checkSizes(own, weights);
    values += weights.reduce((sum, spec) => sum + weightCount(spec), 0);
    return { own, weights };
  });
  if (values > MAX_VALUES) {
    throw tfjsModelInvalid('model.json', `its weights are more than ${MAX_VALUES} numbers`);
  }
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
  let data: ModelWeight['data'];
  try {
    data = arrayOf(dtype, count);
  } catch (cause) {
    throw tfjsModelInvalid(`weight "${spec.name}"`, 'it does not fit into memory', cause);
  }
  const { quantization } = spec;
  if (quantization === undefined) {
    await reader.fill(data);
  } else {
    await readQuantised(reader, { ...spec, quantization }, data);
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

/** Reads values that lie as bytes or halves and makes numbers of them, a few at a time. */
async function readQuantised(
  reader: ShardReader,
  spec: WeightSpec & { readonly quantization: Quantization },
  data: ModelWeight['data'],
): Promise<void> {
  const chunk = Math.min(CHUNK, data.length);
  const scratch = storedSize(spec) === 1 ? new Uint8Array(chunk) : new Uint16Array(chunk);
  for (let first = 0; first < data.length; first += chunk) {
    const stored = scratch.subarray(0, Math.min(chunk, data.length - first));
    // The bytes lie one after the other.
    // oxlint-disable-next-line no-await-in-loop
    await reader.fill(stored);
    decode(spec, stored, data.subarray(first, first + stored.length));
  }
}

/** `value · scale + min` in double precision, as tfjs computes it; halves as IEEE 754 has them. */
function decode(
  { dtype, quantization }: WeightSpec & { readonly quantization: Quantization },
  stored: Uint8Array | Uint16Array,
  into: ModelWeight['data'],
): void {
  if (quantization.dtype === 'float16') {
    into.set(fromFloat16Bits(stored as Uint16Array));
    return;
  }
  const { scale, min } = quantization;
  const isInteger = dtype === 'int32';
  // A plain loop, because there are tens of millions of weights.
  for (let index = 0; index < stored.length; index++) {
    const value = (stored[index] as number) * scale + min;
    into[index] = isInteger ? Math.round(value) : value;
  }
}
