import { intAttribute, intsAttribute } from './attribute.ts';
import type { GraphDraft } from './graph-draft.ts';
import { spatialShape, valueCount, type Spatial, type Value } from './value.ts';

/** Flattens a feature map without moving data: the order is ONNX's, and the result says so. */
export function flatten(draft: GraphDraft, value: Value, name: string): Value {
  const from = spatialShape(value);
  if (from === undefined) return value;
  const flat: Value = {
    name: draft.add('Flatten', {
      name,
      inputs: [value.name],
      attributes: [intAttribute('axis', 1)],
    }),
    shape: [valueCount(value)],
  };
  return isOrderFree(from) ? flat : { ...flat, flattenedFrom: from };
}

/** The value with its elements in Keras' order, moved by a Transpose where that is needed. */
export function inKerasOrder(draft: GraphDraft, value: Value): Value {
  const from = value.flattenedFrom;
  if (from === undefined) return value;
  const { height, width, channels } = from;
  const shape = draft.integersOf(`${value.name}/chw`, [0, channels, height, width]);
  const planes = draft.add('Reshape', {
    name: `${value.name}/Reshape`,
    inputs: [value.name, shape],
  });
  const pixels = draft.add('Transpose', {
    name: `${value.name}/Transpose`,
    inputs: [planes],
    attributes: [intsAttribute('perm', [0, 2, 3, 1])],
  });
  const name = draft.add('Flatten', {
    name: `${value.name}/Flatten`,
    inputs: [pixels],
    attributes: [intAttribute('axis', 1)],
  });
  return { name, shape: value.shape };
}

/** Whether rows-columns-channels and channels-rows-columns are the same sequence. */
export function isOrderFree({ height, width, channels }: Spatial): boolean {
  return height * width === 1 || channels === 1;
}
