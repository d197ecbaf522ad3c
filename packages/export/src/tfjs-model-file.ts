import { basename, dirname } from 'node:path';
import * as z from 'zod';
import { readModelJson } from './model-json.ts';
import { readWeights } from './read-weights.ts';
import { tfjsModelInvalid } from './tfjs-model-invalid.ts';
import { weightGroup, type ModelWeight } from './weight-spec.ts';

export type { ModelWeight } from './weight-spec.ts';

/** A tfjs model as it lies on disk. */
export interface TfjsModelFile {
  readonly format: 'layers-model' | 'graph-model';
  /** The `modelTopology`, not yet validated. */
  readonly topology: unknown;
  /** By name, e.g. `conv1/kernel`; quantised weights are as tfjs would have them. The optimiser's are left out. */
  readonly weights: ReadonlyMap<string, ModelWeight>;
  /** Which values of a graph model are its inputs and outputs, not yet validated. */
  readonly signature?: unknown;
}

const schema = z.object({
  format: z.unknown().optional(),
  modelTopology: z.looseObject({}),
  weightsManifest: z.array(weightGroup),
  signature: z.unknown().optional(),
  /** Where converter 1.7 put it, and where tfjs looks first. */
  userDefinedMetadata: z.object({ signature: z.unknown() }).partial().nullish().catch(undefined),
});

/** What a graph model's topology has: TensorFlow's GraphDef. */
const graphDef = z.object({ node: z.array(z.unknown()) });

/**
 * Reads a tfjs `model.json` with its weight files, without tfjs: what tfjs saved, what its converter made, with
 * quantised weights or not. Memory is taken for the weights and what stands in model.json, and not before the files
 * are known to be as large as it says.
 * @throws `FILE_NOT_FOUND`, `FILE_READ_FAILED`, `RUN_INVALID` naming the file or weight at fault
 */
export async function readTfjsModel(path: string): Promise<TfjsModelFile> {
  const json = await readModelJson(path);
  const result = z.safeParse(schema, json);
  if (!result.success) throw misshapen(basename(path), json, result.error);
  const { weightsManifest, userDefinedMetadata } = result.data;
  const signature = userDefinedMetadata?.signature ?? result.data.signature;
  // As parsed, not as copied by the schema.
  const topology = (json as { modelTopology: unknown }).modelTopology;
  const format = formatOf(result.data.format, topology, basename(path));
  const weights = await readWeights(dirname(path), weightsManifest);
  return { format, topology, weights, ...(signature === undefined ? {} : { signature }) };
}

/** Old files do not say it. */
function formatOf(format: unknown, topology: unknown, file: string): TfjsModelFile['format'] {
  if (format === undefined || format === null) {
    return z.safeParse(graphDef, topology).success ? 'graph-model' : 'layers-model';
  }
  if (format === 'layers-model' || format === 'graph-model') return format;
  throw tfjsModelInvalid(file, 'its format is neither "layers-model" nor "graph-model"');
}

function misshapen(file: string, json: unknown, error: z.ZodError): Error {
  const [issue] = error.issues;
  const path = issue?.path ?? [];
  const weight = z.safeParse(z.object({ name: z.string() }), valueAt(json, path.slice(0, 4)));
  const where = weight.success && path[2] === 'weights' ? `, weight "${weight.data.name}"` : '';
  const at = `at "${path.join('.')}"${where}: ${issue?.message ?? ''}`;
  return tfjsModelInvalid(file, `it is not a tfjs model (${at})`, error);
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Readonly<Record<PropertyKey, unknown>>)[key]
        : undefined,
    json,
  );
}
