import {
  compareArrays,
  INPUT_NAME,
  IsometryError,
  throwIfAborted,
  worstDifference,
  type Difference,
  type ExportRecord,
  type ModelSession,
  type OutputDifference,
  type Tensor,
} from '@isometry/core';
import type { LogitsForm } from '../find-logits.ts';
import { indexOfLargest } from '../index-of-largest.ts';
import { foundValues, wantedValues } from './compared-values.ts';
import { toChannelsLast } from './layouts.ts';
import type { ProofInputs } from './proof-inputs.ts';
import type { ReferenceModel, ReferenceValue } from './reference-model.ts';

/** An output of the exported file and the layer whose answer it has to be. */
export interface ProvenOutput {
  /** In the exported file, e.g. `logits`. */
  readonly output: string;
  /** Of the reference: {@link referenceKey}. */
  readonly key: string;
  /** What the layer gives, where that is not the output itself. @defaultValue the output itself */
  readonly form?: LogitsForm | undefined;
  /** What the logits were divided by. @defaultValue 1 */
  readonly temperature?: number | undefined;
}

export interface ProveConversionOptions {
  readonly reference: ReferenceModel;
  readonly session: ModelSession;
  readonly inputs: ProofInputs;
  readonly height: number;
  readonly width: number;
  /** The first one that ranks labels (`logits` or `probabilities`) decides the argmax. */
  readonly outputs: readonly ProvenOutput[];
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What the proof found, whether it holds or not. */
export interface ProofResult {
  readonly proof: ExportRecord['proof'];
  /** The outputs that are further from the reference than their bound. */
  readonly failed: readonly string[];
  /** Position of the input that an output is furthest off for, relative to its bound. */
  readonly worstInput: number;
}

/**
 * A conversion that is right differs by rounding: measured at most 2.2e-6 of the norm for the three
 * backbones with random weights (test/export/backbones.test.ts), and 4.4e-5 between two runtimes for one that was hardly
 * trained (test/parity/tolerances.ts). A wrong constant, order or padding is far above.
 */
const BOUND = 1e-4;
/** For an output that is next to nothing, where what was added up on the way was not. */
const FLOOR = 1e-6;

/** What to do when the converter is at fault. */
export const REPORT =
  'Please report this with model.json (the weights are not needed); `--converter tf2onnx` is the other way.';

/** The outputs whose largest value is the answer. */
const RANKING: ReadonlySet<string> = new Set(['logits', 'probabilities']);

/** Images a run: more than one, so that an answer that leaks into its neighbour shows. */
const BATCH = 4;

/**
 * Runs the exported file and its reference on the same inputs.
 * @throws `INFERENCE_FAILED`, `ABORTED`
 */
export async function proveConversion(options: ProveConversionOptions): Promise<ProofResult> {
  const { reference, session, inputs, outputs } = options;
  const differences = new Map<string, Difference[]>(outputs.map(({ output }) => [output, []]));
  const largest = new Map<string, number>();
  let agreed = 0;
  const ranking = outputs.find(({ output }) => RANKING.has(output))?.output;
  for (let first = 0; first < inputs.tensors.length; first += BATCH) {
    throwIfAborted(options.signal);
    options.onProgress?.(first, inputs.tensors.length);
    const batch = inputs.tensors.slice(first, first + BATCH);
    const expected = runReference(reference, batch, options);
    // One batch at a time: memory stays small.
    // oxlint-disable-next-line no-await-in-loop
    const actual = await runExported(session, batch, options);
    for (const { output, ...how } of outputs) {
      const wanted = wantedValues(expected.get(how.key)?.data, how, batch.length);
      const found = foundValues(actual[output], how);
      if (wanted === undefined || found?.length !== wanted.length) {
        throw new IsometryError(
          'EXPORT_MISMATCH',
          `The exported file's "${output}" has another size than the model's.`,
          { hint: REPORT, details: { output, wanted: wanted?.length, found: found?.length } },
        );
      }
      if (!wanted.every(Number.isFinite)) throw notFinite(output);
      const size = found.length / batch.length;
      for (let row = 0; row < batch.length; row++) {
        const from = wanted.subarray(row * size, (row + 1) * size);
        const to = found.subarray(row * size, (row + 1) * size);
        differences.get(output)?.push(compareArrays(from, to));
        const most = from.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
        largest.set(output, Math.max(largest.get(output) ?? 0, most));
        if (output === ranking && indexOfLargest(from) === indexOfLargest(to)) agreed += 1;
      }
    }
  }
  const found = new Map<string, OutputDifference>();
  for (const [output, list] of differences) {
    const { maxAbs, meanAbs } = worstDifference(list);
    const bound = BOUND * (largest.get(output) ?? 0) + FLOOR;
    found.set(output, { maxAbs, meanAbs, bound });
  }
  const share = (output: string, index: number): number =>
    (differences.get(output)?.[index]?.maxAbs ?? 0) / (found.get(output)?.bound ?? 1);
  const worst = inputs.tensors.map((_, index) =>
    Math.max(...outputs.map(({ output }) => share(output, index))),
  );
  return {
    proof: {
      reference: reference.description,
      inputs: { images: inputs.images, random: inputs.random },
      outputs: Object.fromEntries(found),
      argmaxAgreement: { agreed, total: inputs.tensors.length },
    },
    failed: [...found].flatMap(([output, { maxAbs, bound }]) => (maxAbs <= bound ? [] : [output])),
    worstInput: worst.indexOf(Math.max(...worst)),
  };
}

function notFinite(output: string): IsometryError {
  return new IsometryError(
    'INFERENCE_FAILED',
    `The model's own "${output}" is not finite: there is nothing to compare with.`,
    {
      hint: 'Check the training run: a loss that is not finite leaves such weights.',
      details: { output },
    },
  );
}

type Size = Pick<ProveConversionOptions, 'height' | 'width'>;

function runReference(
  reference: ReferenceModel,
  batch: readonly Float32Array[],
  { height, width, outputs }: Size & Pick<ProveConversionOptions, 'outputs'>,
): ReadonlyMap<string, ReferenceValue> {
  const pixels = toChannelsLast(joined(batch), { height, width, channels: 3 });
  const wanted = new Set(outputs.map(({ key }) => key));
  return reference.run(pixels, [batch.length, height, width, 3], wanted);
}

function runExported(
  session: ModelSession,
  batch: readonly Float32Array[],
  { height, width, outputs, signal }: ProveConversionOptions,
): Promise<Record<string, Tensor>> {
  return session.run(
    { [INPUT_NAME]: { data: joined(batch), dims: [batch.length, 3, height, width] } },
    outputs.map(({ output }) => output),
    { signal },
  );
}

function joined(tensors: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(tensors.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const tensor of tensors) {
    all.set(tensor, at);
    at += tensor.length;
  }
  return all;
}
