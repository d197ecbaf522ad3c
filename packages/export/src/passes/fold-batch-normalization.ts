import type { OnnxNode } from '@isometry/onnx';
import type { FloatConstant, GraphDraft } from '../graph-draft.ts';

/** The axis of a kernel along which the outputs lie. */
const OUTPUT_AXES: ReadonlyMap<string, number> = new Map([
  ['Conv', 0],
  ['ConvTranspose', 1],
  ['Gemm', 1],
]);

/**
 * Folds a BatchNormalization into the Conv, ConvTranspose or Gemm right before it, in double precision:
 * `w' = w γ / √(σ² + ε)`, `b' = (b - μ) γ / √(σ² + ε) + β`. `kept`: values that must stay, the outputs.
 */
export function foldBatchNormalization(draft: GraphDraft, kept: readonly string[]): void {
  const outputs = new Set(kept);
  for (const normalization of draft.nodes.filter((node) => node.opType === 'BatchNormalization')) {
    const [input = ''] = normalization.inputs;
    const product = draft.producer(input);
    if (product === undefined || outputs.has(input)) continue;
    if (draft.consumers(input).length > 1 || !isPlain(product)) continue;
    const folded = fold(draft, product, normalization);
    if (folded === undefined) continue;
    draft.replace(product, folded);
    draft.replace(normalization);
  }
}

/** Whether the kernel's outputs are the node's, one to one and unscaled: so it is with all that the layers write. */
function isPlain({ opType, attributes = [] }: OnnxNode): boolean {
  if (opType === 'Gemm') return attributes.length === 0;
  const groups = attributes.find(({ name }) => name === 'group');
  return opType !== 'ConvTranspose' || groups?.type !== 'int' || groups.value === 1;
}

function fold(draft: GraphDraft, product: OnnxNode, normalization: OnnxNode): OnnxNode | undefined {
  const axis = OUTPUT_AXES.get(product.opType);
  const [input = '', kernelName = '', biasName = ''] = product.inputs;
  const kernel = draft.floats.get(kernelName);
  const bias = draft.floats.get(biasName);
  const [gamma, beta, mean, variance] = normalization.inputs
    .slice(1)
    .map((name) => draft.floats.get(name)?.data);
  const epsilon = normalization.attributes?.find(({ name }) => name === 'epsilon');
  if (axis === undefined || kernel === undefined || epsilon?.type !== 'float') return undefined;
  if (!gamma || !beta || !mean || !variance) return undefined;
  const size = gamma.length;
  if (kernel.dims[axis] !== size) return undefined;
  if (biasName !== '' && bias?.data.length !== size) return undefined;
  const factors = new Float64Array(size);
  const foldedBias = new Float32Array(size);
  for (let at = 0; at < size; at++) {
    const factor = (gamma[at] as number) / Math.sqrt((variance[at] as number) + epsilon.value);
    factors[at] = factor;
    foldedBias[at] = ((bias?.data[at] ?? 0) - (mean[at] as number)) * factor + (beta[at] as number);
  }
  return {
    ...product,
    inputs: [
      input,
      draft.float(`${kernelName}/folded`, kernel.dims, scaleAlong(kernel, axis, factors)),
      draft.float(`${product.name}/bias/folded`, [size], foldedBias),
    ],
    outputs: normalization.outputs,
  };
}

/** Multiplies the entries along an axis by their factors. */
function scaleAlong(
  { dims, data }: FloatConstant,
  axis: number,
  factors: Float64Array,
): Float32Array {
  const scaled = new Float32Array(data.length);
  const inner = dims.slice(axis + 1).reduce((product, size) => product * size, 1);
  let place = 0;
  while (place < data.length) {
    for (const factor of factors) {
      for (const end = place + inner; place < end; place++) {
        scaled[place] = (data[place] as number) * factor;
      }
    }
  }
  return scaled;
}
