import { readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import * as z from 'zod';
import { readJson } from './read-json.ts';
import { runInvalid } from './run-invalid.ts';

/** One weight of a tfjs model. */
export interface LayerWeight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A tfjs layers model as it lies on disk. */
export interface LayersModelFile {
  /** The `modelTopology`, not yet validated. */
  readonly topology: unknown;
  /** By name, e.g. `conv1/kernel`. */
  readonly weights: ReadonlyMap<string, LayerWeight>;
}

const size = z.int().min(0);
const weightSpec = z.object({
  name: z.string(),
  shape: z.array(size),
  dtype: z.literal('float32'),
  quantization: z.undefined().optional(),
});
const weightGroup = z.object({ paths: z.array(z.string()), weights: z.array(weightSpec) });
const schema = z.object({
  modelTopology: z.unknown(),
  weightsManifest: z.array(weightGroup),
});

/**
 * Reads a tfjs `model.json` with its weight files, without tfjs.
 * @throws `FILE_NOT_FOUND`, `FILE_READ_FAILED`, `RUN_INVALID` naming the file or weight at fault
 */
export async function readLayersModel(path: string): Promise<LayersModelFile> {
  const result = z.safeParse(schema, await readJson(path));
  if (!result.success) {
    const at = result.error.issues[0]?.path.join('.') ?? '';
    throw runInvalid(
      'model.json',
      `it is not a tfjs layers model with plain float32 weights (at "${at}")`,
      result.error,
    );
  }
  const groups = await Promise.all(
    result.data.weightsManifest.map((group) => readGroup(dirname(path), group)),
  );
  return { topology: result.data.modelTopology, weights: new Map(groups.flat()) };
}

async function readGroup(
  folder: string,
  group: z.infer<typeof weightGroup>,
): Promise<[string, LayerWeight][]> {
  const shards = await Promise.all(group.paths.map((path) => readShard(folder, path)));
  const bytes = Buffer.concat(shards);
  const counts = group.weights.map(({ shape }) => shape.reduce((a, b) => a * b, 1));
  const expected = counts.reduce((a, b) => a + b, 0) * 4;
  if (bytes.length !== expected) {
    throw runInvalid(
      group.paths.join(', '),
      `${bytes.length} bytes instead of the ${expected} that model.json announces`,
    );
  }
  let offset = 0;
  return group.weights.map(({ name, shape }, index) => {
    const data = new Float32Array(counts[index] as number);
    for (let i = 0; i < data.length; i++) data[i] = bytes.readFloatLE(offset + i * 4);
    offset += data.length * 4;
    return [name, { shape, data }];
  });
}

async function readShard(folder: string, path: string): Promise<Buffer> {
  // A model.json from elsewhere must not make the exporter read files from elsewhere.
  if (normalize(path).startsWith('..') || /^([/\\]|[A-Za-z]:)/.test(path)) {
    throw runInvalid('model.json', `the weight file "${path}" lies outside its folder`);
  }
  try {
    return await readFile(join(folder, path));
  } catch (cause) {
    throw runInvalid(path, 'the weight file cannot be read', cause);
  }
}
