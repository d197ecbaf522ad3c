import type { GraphDraft } from '../graph-draft.ts';
import { unsupported } from '../layer-converter.ts';
import { spatialShape, type Spatial, type Value } from '../value.ts';
import type { GraphNode } from './graph-def.ts';
import { isBatchMultiple, type ConstantTensor, type GraphTensor } from './graph-tensor.ts';

/** What a converter gets: one operation in its place in the graph. */
export interface OperationPlace {
  readonly node: GraphNode;
  readonly inputs: readonly GraphTensor[];
  readonly draft: GraphDraft;
}

/**
 * Writes one kind of operation to ONNX. Several outputs are a list.
 * @throws `LAYER_UNSUPPORTED` with a reason when it cannot
 */
export type OperationConverter = (place: OperationPlace) => GraphTensor | readonly GraphTensor[];

/** The input at this place. */
export function inputAt({ inputs }: OperationPlace, index: number): GraphTensor {
  const input = inputs[index];
  if (input === undefined) throw unsupported(`it has no input ${index}`);
  return input;
}

/** An input that depends on the image. */
export function valueAt(place: OperationPlace, index: number): Value {
  const input = inputAt(place, index);
  if (input.kind === 'constant') throw unsupported(`its input ${index} is a constant`);
  if (input.isRows === true) throw unsupported('it works on the rows of a flattened feature map');
  return input.value;
}

/** An input that is a feature map, and its shape. */
export function mapAt(place: OperationPlace, index: number): { value: Value; size: Spatial } {
  const value = valueAt(place, index);
  const size = spatialShape(value);
  if (size === undefined) throw unsupported('its input is not a feature map');
  return { value, size };
}

/** An input that is a constant. */
export function constantAt(place: OperationPlace, index: number): ConstantTensor {
  const input = inputAt(place, index);
  if (input.kind !== 'constant') throw unsupported(`its input ${index} is no constant`);
  return input;
}

/** The numbers of a constant input, none of which depends on the batch. */
export function numbersAt(place: OperationPlace, index: number): readonly number[] {
  return numbersIn(constantAt(place, index));
}

/** The same of the input's one number. */
export function numberAt(place: OperationPlace, index: number): number {
  const [value, ...others] = numbersAt(place, index);
  if (value === undefined || others.length > 0)
    throw unsupported(`its input ${index} is no number`);
  return value;
}

export function numbersIn({ data }: ConstantTensor): readonly number[] {
  return Array.from(data, (size) => {
    if (isBatchMultiple(size)) throw unsupported('it depends on the size of the batch');
    return size;
  });
}

/** A constant's values as float32, without a copy where they are that already. */
export function floatsIn(tensor: ConstantTensor): Float32Array {
  return tensor.data instanceof Float32Array ? tensor.data : Float32Array.from(numbersIn(tensor));
}

/** TensorFlow's axis as an index from 0: negative ones count from the end. */
export function resolveAxis(axis: number, rank: number): number {
  const resolved = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(resolved) || resolved < 0 || resolved >= rank) {
    throw unsupported(`it has no axis ${axis}`);
  }
  return resolved;
}
