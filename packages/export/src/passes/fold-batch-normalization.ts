import type { OnnxNode } from '@isometry/onnx';
import type { FloatConstant, GraphDraft } from '../graph-draft.ts';

/**
 * Folds a BatchNormalization into the convolution before it, in double precision:
 * `w' = w γ / √(σ² + ε)`, `b' = (b - μ) γ / √(σ² + ε) + β`. `kept`: values that must stay, the outputs.
 */
export function foldBatchNormalization(draft: GraphDraft, kept: readonly string[]): void {
  for (const normalization of draft.nodes.filter((node) => node.opType === 'BatchNormalization')) {
    const [input = ''] = normalization.inputs;
    const convolution = draft.nodes.find((node) => node.outputs[0] === input);
    if (convolution?.opType !== 'Conv') continue;
    if (kept.includes(input) || draft.consumers(input).length > 1) continue;
    const folded = fold(draft, convolution, normalization);
    if (folded === undefined) continue;
    draft.nodes = draft.nodes.flatMap((node) => {
      if (node === normalization) return [];
      return node === convolution ? [folded] : [node];
    });
  }
}

function fold(
  draft: GraphDraft,
  convolution: OnnxNode,
  normalization: OnnxNode,
): OnnxNode | undefined {
  const [input = '', kernelName = '', biasName = ''] = convolution.inputs;
  const kernel = draft.floats.get(kernelName);
  const bias = draft.floats.get(biasName);
  const [gamma, beta, mean, variance] = normalization.inputs
    .slice(1)
    .map((name) => draft.floats.get(name)?.data);
  const epsilon = normalization.attributes?.find(({ name }) => name === 'epsilon');
  if (kernel === undefined || epsilon?.type !== 'float') return undefined;
  if (!gamma || !beta || !mean || !variance) return undefined;
  const factors = Float64Array.from(
    gamma,
    (value, channel) => value / Math.sqrt((variance[channel] as number) + epsilon.value),
  );
  const foldedBias = Float32Array.from(
    beta,
    (value, channel) =>
      ((bias?.data[channel] ?? 0) - (mean[channel] as number)) * (factors[channel] as number) +
      value,
  );
  return {
    ...convolution,
    inputs: [
      input,
      draft.float(`${kernelName}/folded`, kernel.dims, scaleFilters(kernel, factors)),
      draft.float(`${convolution.name}/bias/folded`, [factors.length], foldedBias),
    ],
    outputs: normalization.outputs,
  };
}

/** Multiplies each output filter of an OIHW kernel by its factor. */
function scaleFilters({ data }: FloatConstant, factors: Float64Array): Float32Array {
  const size = data.length / factors.length;
  return data.map((weight, index) => weight * (factors[Math.floor(index / size)] as number));
}
