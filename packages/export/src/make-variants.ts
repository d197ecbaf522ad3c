import { throwIfAborted, type ExportRecord, type PixelSpec, type Precision } from '@isometry/core';
import { encodeExternal, type OnnxModel } from '@isometry/onnx';
import type { ExportOptions } from './export-options.ts';
import { openEncoded, sideFileOf } from './open-encoded.ts';
import { findBeyondHalf } from './precision/find-beyond-half.ts';
import { findSmallWeights } from './precision/find-small-weights.ts';
import { toFloat16 } from './precision/to-float16.ts';
import { makeProofInputs } from './proof/proof-inputs.ts';
import { measureVariant, type MeasuredVariant } from './variants/measure-variant.ts';
import { quantizeModel } from './variants/quantize-model.ts';

/** A graph and what its manifest says of it. */
export interface Variant {
  readonly precision: Precision;
  readonly model: OnnxModel;
  readonly record: ExportRecord['variant'];
}

/**
 * Makes one of the files that were asked for out of the float32 graph, and measures what it costs.
 * @throws `OPTION_INVALID` for int8 without images, `INFERENCE_FAILED`, `ABORTED`
 */
export async function makeVariant(
  model: OnnxModel,
  pixels: PixelSpec,
  precision: Precision,
  options: ExportOptions,
): Promise<Variant> {
  throwIfAborted(options.signal);
  if (precision === 'fp32') return { precision, model, record: null };
  if (precision === 'fp16') {
    options.onProgress?.({ stage: 'fp16', done: 0, total: 1 });
    const keptFloat = await findKeptFloat(model, pixels, options);
    const half = toFloat16(model, { keepFloat: keptFloat });
    const cost = await measureCost(model, half, pixels, options);
    return { precision, model: half, record: { ...cost, calibration: null, keptFloat } };
  }
  const { model: quantized, report } = await quantizeModel(model, pixels, options);
  const cost = await measureCost(model, quantized, pixels, options);
  const { keptFloat, reduceRange } = report;
  const bits = reduceRange ? ', weights of 7 bits' : '';
  const calibration = { ...report.calibration, method: `${report.calibration.method}${bits}` };
  return { precision, model: quantized, record: { ...cost, calibration, keptFloat } };
}

/**
 * Nodes whose values float16 does not hold on the inputs of a proof, but of training images (those for measuring decide
 * nothing), and those whose weights are few.
 */
async function findKeptFloat(
  model: OnnxModel,
  spec: PixelSpec,
  options: ExportOptions,
): Promise<readonly string[]> {
  const { images, decode, signal, out } = options;
  const inputs = await makeProofInputs(spec, images?.calibration ?? [], {
    decode,
    signal,
    isFast: true,
  });
  const dims = [1, 3, spec.height, spec.width];
  const location = sideFileOf('model.onnx');
  const beyond = await findBeyondHalf(
    model,
    inputs.tensors.map((data) => ({ data, dims })),
    (probe) => openEncoded(encodeExternal(probe, { location }), location, out, options),
    signal,
  );
  const kept = new Set([...beyond, ...findSmallWeights(model.graph)]);
  return model.graph.nodes.flatMap(({ name }) => (kept.has(name) ? [name] : []));
}

/** Size, agreement and accuracy beside the float32 file. */
async function measureCost(
  float: OnnxModel,
  variant: OnnxModel,
  spec: PixelSpec,
  options: ExportOptions,
): Promise<MeasuredVariant & { readonly sizeRatio: number }> {
  const location = sideFileOf('model.onnx');
  const [a, b] = [encodeExternal(float, { location }), encodeExternal(variant, { location })];
  const sizeRatio = (b.model.length + b.dataSizeBytes) / (a.model.length + a.dataSizeBytes);
  const { images, decode, signal, onProgress } = options;
  if (images === undefined) return { sizeRatio, agreement: null, drop: null };
  const sessions = [await openEncoded(a, location, options.out, options)];
  try {
    sessions.push(await openEncoded(b, location, options.out, options));
    const [first, second] = sessions as [(typeof sessions)[0], (typeof sessions)[0]];
    let done = 0;
    const onImage = (): void => {
      onProgress?.({ stage: 'measure', done: ++done, total: images.test.length });
    };
    const measured = await measureVariant(first, second, images, { decode, spec, signal, onImage });
    return { sizeRatio, ...measured };
  } finally {
    await Promise.all(sessions.map((session) => session.close()));
  }
}
