import {
  IsometryError,
  isIsometryError,
  throwIfAborted,
  type ExportRecord,
  type Progress,
} from '@isometry/core';
import { encodeExternal, type OnnxModel } from '@isometry/onnx';
import type { CanaryPorts } from '../canary.ts';
import type { ConvertedLayer } from '../converted-graph.ts';
import type { ExportImage } from '../export-image.ts';
import { openEncoded, sideFileOf } from '../open-encoded.ts';
import type { PixelSpec } from '@isometry/core';
import { firstDifference, type FirstDifference } from './first-difference.ts';
import { toChannelsLast } from './layouts.ts';
import { makeProofInputs, type ProofInputs } from './proof-inputs.ts';
import {
  proveConversion,
  REPORT,
  type ProofResult,
  type ProvenOutput,
} from './prove-conversion.ts';
import type { ReferenceModel } from './reference-model.ts';
import { openTfjsReference, type ReferenceFile } from './tfjs-reference.ts';
import { loadPlainTfjs, type Tfjs } from './tfjs.ts';

/** A model that was converted and not yet compared. */
export interface UnprovenModel {
  /** What TensorFlow.js loads. */
  readonly source: ReferenceFile;
  /** The float32 graph. */
  readonly model: OnnxModel;
  /** The layers and what they became, in the order of computation; none when another converter made the graph. */
  readonly layers: readonly ConvertedLayer[];
  /** The same graph with a node for every layer, to name the one at fault; absent when it is that already. */
  readonly unfolded?: (() => Promise<Pick<UnprovenModel, 'model' | 'layers'>>) | undefined;
  readonly outputs: readonly ProvenOutput[];
  readonly pixels: PixelSpec;
}

export interface ProveModelOptions extends CanaryPorts {
  readonly out: string;
  readonly images: readonly ExportImage[];
  readonly loadTfjs?: (() => Promise<unknown>) | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Compares the converted graph in ONNX Runtime with the trained model in TensorFlow.js.
 * @throws `EXPORT_MISMATCH` naming the first layer that differs, `PACKAGE_MISSING`, `TRAINER_UNAVAILABLE`, `RUN_INVALID` when
 *   TensorFlow.js does not load the model, `INFERENCE_FAILED`, `ABORTED`
 */
export async function proveModel(
  unproven: UnprovenModel,
  options: ProveModelOptions,
): Promise<ExportRecord['proof']> {
  const { source, model, pixels, outputs } = unproven;
  const { signal, onProgress } = options;
  const given = (await options.loadTfjs?.()) as Tfjs | undefined;
  const tf = given ?? (await loadPlainTfjs());
  throwIfAborted(signal);
  const reference = await openReference(tf, source);
  try {
    const { isFast } = reference;
    const inputs = await makeProofInputs(pixels, options.images, { ...options, isFast });
    const location = sideFileOf('model.onnx');
    const encoded = encodeExternal(model, { location });
    const session = await openEncoded(encoded, location, options.out, options);
    let result: ProofResult;
    try {
      result = await proveConversion({
        ...pixels,
        reference,
        session,
        inputs,
        outputs,
        signal,
        onProgress: (done, total) => onProgress?.({ stage: 'prove', done, total }),
      });
    } finally {
      await session.close();
    }
    if (result.failed.length === 0) return result.proof;
    const tensor = inputs.tensors[result.worstInput] as ProofInputs['tensors'][0];
    const look = (graph: Pick<UnprovenModel, 'model' | 'layers'>) =>
      firstDifference({
        ...graph,
        ...pixels,
        reference,
        createSession: options.createSession,
        input: tensor,
        referenceInput: toChannelsLast(tensor, { ...pixels, channels: 3 }),
        signal,
      });
    const whole = await unproven.unfolded?.();
    const first = (whole && (await look(whole))) ?? (await look(unproven));
    throw mismatch(result, first);
  } finally {
    reference.close();
  }
}

async function openReference(tf: Tfjs, source: ReferenceFile): Promise<ReferenceModel> {
  try {
    return await openTfjsReference(tf, source);
  } catch (cause) {
    if (isIsometryError(cause)) throw cause;
    const problem = cause instanceof Error ? cause.message.slice(0, 500) : String(cause);
    throw new IsometryError('RUN_INVALID', `TensorFlow.js does not load the model: ${problem}`, {
      hint: 'An export is compared with what TensorFlow.js computes: check that it loads the model.',
      cause,
    });
  }
}

function mismatch(
  { proof, failed }: ProofResult,
  first: FirstDifference | undefined,
): IsometryError {
  const figures = failed.map((output) => {
    const { maxAbs, bound } = proof.outputs[output] as (typeof proof.outputs)[string];
    return `${output} is off by ${maxAbs.toPrecision(2)}, more than ${bound.toPrecision(2)}`;
  });
  const where =
    first === undefined
      ? 'No single layer stands out.'
      : `The first layer that differs is "${first.name}" (${first.className}), by ${first.relativeL2.toPrecision(2)} of its norm.`;
  return new IsometryError(
    'EXPORT_MISMATCH',
    `The exported file and the model do not compute the same: ${figures.join('; ')}. ${where}`,
    { hint: REPORT, details: { proof, layer: first ?? null } },
  );
}
