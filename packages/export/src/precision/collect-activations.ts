import {
  INPUT_NAME,
  IsometryError,
  throwIfAborted,
  type ModelSession,
  type Progress,
  type Tensor,
} from '@isometry/core';
import { encodeModel, type OnnxModel } from '@isometry/onnx';
import {
  addToHistogram,
  createHistogram,
  type ActivationHistogram,
} from './activation-histogram.ts';
import { sliceRows, type ImageBatch } from './image-batch.ts';

export interface CollectActivationsOptions {
  readonly createSession: (model: Uint8Array) => Promise<ModelSession>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What the calibration images made of a network. */
export interface CollectedActivations {
  /** By name of the value. */
  readonly histograms: ReadonlyMap<string, ActivationHistogram>;
  /** Of every image, in order. */
  readonly digests: readonly string[];
}

/** Values are fetched in as few runs as keep their sum below this: 64 MiB. The float32 weights are larger. */
const MAX_FETCHED_VALUES = 16 * 2 ** 20;

/** How many values are fetched at once of the first image, before their sizes are known. */
const PROBED_AT_ONCE = 8;

/**
 * Runs a model over images and counts what its inner values are. No image is kept, and no value: the memory is that of
 * one run and of the histograms.
 * @throws `OPTION_INVALID` without images or when a value is not finite, `INFERENCE_FAILED`, `ABORTED`
 */
export async function collectActivations(
  model: OnnxModel,
  values: readonly string[],
  batches: Iterable<ImageBatch> | AsyncIterable<ImageBatch>,
  { createSession, signal, onProgress }: CollectActivationsOptions,
): Promise<CollectedActivations> {
  const session = await createSession(encodeModel(withOutputs(model, values)));
  try {
    const histograms = new Map<string, ActivationHistogram>();
    const digests: string[] = [];
    const inner = values.filter((value) => value !== INPUT_NAME);
    let groups: readonly FetchGroup[] | undefined;
    for await (const batch of batches) {
      const count = countRows(batch);
      if (count === 0) continue;
      groups ??= await planFetches(session, inner, batch, signal);
      if (values.includes(INPUT_NAME)) addValue(histograms, INPUT_NAME, batch.tensor);
      for (const { names, rows } of groups) {
        for (let from = 0; from < count; from += rows) {
          throwIfAborted(signal);
          const part = sliceRows(batch.tensor, from, Math.min(count, from + rows));
          const fetched = await session.run({ [INPUT_NAME]: part }, names, { signal });
          for (const name of names) addValue(histograms, name, fetched[name] as Tensor);
        }
      }
      digests.push(...batch.digests);
      onProgress?.({ stage: 'calibrate', done: digests.length });
    }
    if (digests.length === 0) {
      throw new IsometryError('OPTION_INVALID', 'There are no calibration images.', {
        hint: 'Give images such as the model will see: a hundred or more of its training images.',
        details: { option: 'calibration' },
      });
    }
    return { histograms, digests };
  } finally {
    await session.close();
  }
}

function countRows({ tensor, digests }: ImageBatch): number {
  const [count = 0] = tensor.dims;
  if (count === digests.length) return count;
  throw new IsometryError(
    'OPTION_INVALID',
    `A batch has ${count} images and ${digests.length} digests.`,
    { details: { images: count, digests: digests.length } },
  );
}

interface FetchGroup {
  readonly names: readonly string[];
  /** Images in one run. */
  readonly rows: number;
}

/** Learns from the first image how large the values are, and so how many can be fetched at once. */
async function planFetches(
  session: ModelSession,
  values: readonly string[],
  { tensor }: ImageBatch,
  signal: AbortSignal | undefined,
): Promise<readonly FetchGroup[]> {
  const groups: { names: string[]; size: number }[] = [];
  const input = { [INPUT_NAME]: sliceRows(tensor, 0, 1) };
  for (let from = 0; from < values.length; from += PROBED_AT_ONCE) {
    const names = values.slice(from, from + PROBED_AT_ONCE);
    // One after the other: at once they would be in memory together.
    const fetched = await session.run(input, names, { signal });
    for (const name of names) {
      const size = fetched[name]?.data.length ?? 0;
      const last = groups.at(-1);
      if (last === undefined || last.size + size > MAX_FETCHED_VALUES) {
        groups.push({ names: [name], size });
      } else {
        last.names.push(name);
        last.size += size;
      }
    }
  }
  return groups.map(({ names, size }) => ({
    names,
    rows: Math.max(1, Math.floor(MAX_FETCHED_VALUES / Math.max(1, size))),
  }));
}

function addValue(
  histograms: Map<string, ActivationHistogram>,
  name: string,
  { data, dims }: Tensor,
): void {
  let histogram = histograms.get(name);
  if (histogram === undefined) {
    histogram = createHistogram(dims[1] ?? 1);
    histograms.set(name, histogram);
  }
  if (addToHistogram(histogram, data, dims)) return;
  throw new IsometryError(
    'OPTION_INVALID',
    `The model gives NaN or infinity at "${name}" for a calibration image.`,
    {
      hint: 'Check the model and the images: int8 has no such values.',
      details: { value: name },
    },
  );
}

/** The model with inner values as outputs besides its own. */
function withOutputs(model: OnnxModel, values: readonly string[]): OnnxModel {
  const { outputs, inputs } = model.graph;
  const known = new Set([...outputs, ...inputs].map(({ name }) => name));
  const added = values
    .filter((name) => !known.has(name))
    .map((name) => ({ name, dataType: 'float32' as const }));
  return { ...model, graph: { ...model.graph, outputs: [...outputs, ...added] } };
}
