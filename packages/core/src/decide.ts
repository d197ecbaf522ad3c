import { IsometryError } from './errors.ts';
import type { Manifest } from './manifest.ts';
import type { Provider } from './provider.ts';
import { topK } from './top-k.ts';
import type { Answer, Provenance, Tensor } from './types.ts';

/**
 * The `decision` stage: turns a run's `embedding` and `probabilities` into one answer an image.
 * @throws `INFERENCE_FAILED` when the outputs are not what the manifest promises, or not finite
 */
export function decide(
  manifest: Manifest,
  outputs: Readonly<Record<string, Tensor>>,
  provenance: readonly Provenance[],
  k: number,
): Answer[] {
  const { labels, embedding } = manifest;
  const count = provenance.length;
  const embeddings = outputOf(outputs, 'embedding', [count, embedding.size]).data;
  const probabilities = outputOf(outputs, 'probabilities', [count, labels.length]).data;
  return provenance.map((origin, row) => {
    const own = probabilities.subarray(row * labels.length, (row + 1) * labels.length);
    const position = embeddings.slice(row * embedding.size, (row + 1) * embedding.size);
    assertFinite(own, 'probabilities', origin.provider);
    assertFinite(position, 'embedding', origin.provider);
    const predictions = topK(own, labels, k);
    const [best] = predictions;
    return {
      label: best?.label ?? '',
      probability: best?.probability ?? 0,
      predictions,
      embedding: position,
      ...origin,
    };
  });
}

/** @throws `INFERENCE_FAILED` when a value is infinite or not a number */
export function assertFinite(values: Float32Array, output: string, provider: Provider): void {
  if (values.every(Number.isFinite)) return;
  throw new IsometryError(
    'INFERENCE_FAILED',
    `The ${provider} provider computed values of "${output}" that are not finite.`,
    { hint: 'Try another provider, e.g. wasm.', details: { provider, output } },
  );
}

/** The output of that name, whose shape must be `dims`. @throws `INFERENCE_FAILED` */
export function outputOf(
  outputs: Readonly<Record<string, Tensor>>,
  name: string,
  dims: readonly number[],
): Tensor {
  const output = outputs[name];
  if (
    output === undefined ||
    output.dims.length !== dims.length ||
    !dims.every((size, axis) => size === output.dims[axis])
  ) {
    throw new IsometryError(
      'INFERENCE_FAILED',
      `The model's output "${name}" is ${output === undefined ? 'missing' : `[${output.dims.join(', ')}]`}; the manifest promises [${dims.join(', ')}].`,
      { hint: 'The file was changed after export: export it again.', details: { output: name } },
    );
  }
  return output;
}
