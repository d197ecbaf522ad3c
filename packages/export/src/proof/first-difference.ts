import { compareArrays, INPUT_NAME, type ModelSession } from '@isometry/core';
import { encodeModel, type OnnxModel } from '@isometry/onnx';
import type { ConvertedLayer } from '../converted-graph.ts';
import { valueCount, type Value } from '../value.ts';
import { toChannelsLast } from './layouts.ts';
import { referenceKey, type ReferenceModel } from './reference-model.ts';

export interface FirstDifferenceOptions {
  /** The exported graph. */
  readonly model: OnnxModel;
  /** What its values are, in the order of computation. */
  readonly layers: readonly ConvertedLayer[];
  readonly reference: ReferenceModel;
  readonly createSession: (model: Uint8Array) => Promise<ModelSession>;
  /** One image: `[3, height, width]`. */
  readonly input: Float32Array;
  /** The same for the reference: `[height, width, 3]` in the order of channels that it takes. */
  readonly referenceInput: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly signal?: AbortSignal | undefined;
}

/** The layer at which the exported graph leaves its reference. */
export interface FirstDifference {
  readonly name: string;
  readonly className: string;
  /** L2 norm of the difference over that of the reference. */
  readonly relativeL2: number;
}

/** What rounding alone has never reached in a layer here: the largest measured was 2.2e-6 (test/export/backbones.test.ts). */
const ROUNDING = 1e-5;
/** A layer at fault stands out from those before it; rounding grows slowly. */
const JUMP = 8;

/**
 * Compares layer by layer, as far as the exported graph still has the layer's value: a convolution whose batch
 * normalisation is folded into it is seen behind the normalisation. Undefined when no layer stands out.
 * @throws `INFERENCE_FAILED`, `ABORTED`
 */
export async function firstDifference(
  options: FirstDifferenceOptions,
): Promise<FirstDifference | undefined> {
  const { model, reference, height, width } = options;
  const made = new Set(model.graph.nodes.flatMap(({ outputs }) => outputs));
  const layers = options.layers.filter(({ value }) => made.has(value.name));
  if (layers.length === 0) return undefined;
  const expected = reference.run(
    options.referenceInput,
    [1, height, width, 3],
    new Set(layers.map(referenceKey)),
  );
  const names = [...new Set(layers.map(({ value }) => value.name))];
  const session = await options.createSession(encodeModel(withOutputs(model, names)));
  try {
    const feeds = { [INPUT_NAME]: { data: options.input, dims: [1, 3, height, width] } };
    const actual = await session.run(feeds, names, { signal: options.signal });
    let before = 0;
    for (const layer of layers) {
      const wanted = expected.get(referenceKey(layer))?.data;
      const found = actual[layer.value.name]?.data;
      if (wanted === undefined || found === undefined) continue;
      const relativeL2 = difference(wanted, inKerasOrder(found, layer.value));
      if (relativeL2 > ROUNDING && relativeL2 > JUMP * before) {
        return { name: layer.name, className: layer.className, relativeL2 };
      }
      before = Math.max(before, relativeL2);
    }
    return undefined;
  } finally {
    await session.close();
  }
}

function difference(wanted: Float32Array, found: Float32Array): number {
  if (wanted.length !== found.length) return Number.POSITIVE_INFINITY;
  const { relativeL2, maxAbs } = compareArrays(wanted, found);
  // NaN or infinite on one side only.
  return Number.isFinite(maxAbs) ? relativeL2 : Number.POSITIVE_INFINITY;
}

/** What ONNX holds channels first, as Keras has it. */
function inKerasOrder(data: Float32Array, value: Value): Float32Array {
  const [height = 1, width = 1, channels = 1] = value.shape;
  const sizes = value.flattenedFrom ?? { height, width, channels };
  const isPlanar = value.flattenedFrom !== undefined || value.shape.length === 3;
  return isPlanar && data.length % valueCount(value) === 0 ? toChannelsLast(data, sizes) : data;
}

/** The model with these values as its outputs. */
function withOutputs(model: OnnxModel, names: readonly string[]): OnnxModel {
  const outputs = names.map((name) => ({ name, dataType: 'float32' as const }));
  return { ...model, graph: { ...model.graph, outputs } };
}
