import { intsAttribute } from '../../attribute.ts';
import { unsupported } from '../../layer-converter.ts';
import { spatialShape, type Value } from '../../value.ts';
import { rowsInOnnxOrder } from '../../keras-order.ts';
import { toOihw } from '../../kernel-order.ts';
import { activation, type ActivationTensor, type GraphTensor } from '../graph-tensor.ts';
import { flagOf } from '../node-attributes.ts';
import {
  constantAt,
  floatsIn,
  inputAt,
  type OperationConverter,
  type OperationPlace,
} from '../operation-converter.ts';
import { fusedActivation, fusedOperations } from './fused-activation.ts';

/** A kernel as `[inputs, outputs]`, row-major. */
interface Kernel {
  readonly inputs: number;
  readonly outputs: number;
  readonly data: Float32Array;
}

/**
 * MatMul and _FusedMatMul of vectors with a constant: Gemm. The rows of a feature map that was flattened to pixels become a
 * 1x1 convolution of the map, so that nothing has to move.
 */
export const matrixProduct: OperationConverter = (place): GraphTensor => {
  if (flagOf(place.node, 'transpose_a')) throw unsupported('it transposes its first input');
  const input = inputAt(place, 0);
  if (input.kind === 'constant') throw unsupported('its first input is a constant');
  const kernel = readKernel(place);
  const { bias, ...fused } = fusedOperations(place);
  const offsets = bias === undefined ? undefined : floatsIn(bias);
  if (offsets !== undefined && offsets.length !== kernel.outputs) {
    throw unsupported(`its bias has ${offsets.length} values for ${kernel.outputs} outputs`);
  }
  const output = product(place, input, kernel, offsets);
  return { ...output, value: fusedActivation(place, output.value, fused) };
};

function readKernel(place: OperationPlace): Kernel {
  const tensor = constantAt(place, 1);
  const [rows, columns, ...others] = tensor.shape;
  if (rows === undefined || columns === undefined || others.length > 0) {
    throw unsupported(`its kernel has shape [${tensor.shape.join(', ')}]`);
  }
  const data = floatsIn(tensor);
  return flagOf(place.node, 'transpose_b')
    ? { inputs: columns, outputs: rows, data: transpose(data, rows, columns) }
    : { inputs: rows, outputs: columns, data };
}

function product(
  place: OperationPlace,
  { value, isRows }: ActivationTensor,
  kernel: Kernel,
  bias: Float32Array | undefined,
): ActivationTensor {
  const size = value.shape.at(-1);
  if (size !== kernel.inputs) {
    throw unsupported(`its kernel reads ${kernel.inputs} of ${size ?? 'no'} values`);
  }
  if (value.shape.length === 1) return activation(gemm(place, value, kernel, bias));
  if (isRows !== true) throw unsupported('its first input is not a matrix');
  if (spatialShape(value) === undefined) throw unsupported('it works on the rows of a sequence');
  return { kind: 'activation', value: pointwise(place, value, kernel, bias), isRows: true };
}

function gemm(
  { draft, node }: OperationPlace,
  value: Value,
  { inputs: rows, outputs, data }: Kernel,
  bias: Float32Array | undefined,
): Value {
  const { flattenedFrom } = value;
  const kernel = flattenedFrom === undefined ? data : rowsInOnnxOrder(data, flattenedFrom, outputs);
  const inputs = [value.name, draft.float(`${node.name}/kernel`, [rows, outputs], kernel)];
  if (bias !== undefined) inputs.push(draft.float(`${node.name}/bias`, [outputs], bias));
  return { name: draft.add('Gemm', { name: node.name, inputs }), shape: [outputs] };
}

function pointwise(
  { draft, node }: OperationPlace,
  value: Value,
  { inputs: channels, outputs, data }: Kernel,
  bias: Float32Array | undefined,
): Value {
  const kernel = toOihw(data, 1, channels, outputs);
  const inputs = [
    value.name,
    draft.float(`${node.name}/kernel`, [outputs, channels, 1, 1], kernel),
  ];
  if (bias !== undefined) inputs.push(draft.float(`${node.name}/bias`, [outputs], bias));
  const attributes = [intsAttribute('kernel_shape', [1, 1])];
  const shape = [...value.shape.slice(0, -1), outputs];
  return { name: draft.add('Conv', { name: node.name, inputs, attributes }), shape };
}

function transpose(data: Float32Array, rows: number, columns: number): Float32Array {
  return data.map(
    (_, index) => data[(index % rows) * columns + Math.floor(index / rows)] as number,
  );
}
