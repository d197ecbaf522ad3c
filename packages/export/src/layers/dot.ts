import * as z from 'zod';
import { intAttribute, intsAttribute } from '../attribute.ts';
import type { GraphDraft } from '../graph-draft.ts';
import { shapeIndex } from '../keras-axis.ts';
import { inKerasOrder, reshapeTo } from '../keras-order.ts';
import { defineLayer, unsupported, type LayerConverter } from '../layer-converter.ts';
import type { Value } from '../value.ts';

/** The smallest sum of squares by whose root tfjs divides: its backend's `epsilon()`. */
const EPSILON = 1e-7;

const schema = z.object({
  axes: z.union([z.int(), z.tuple([z.int(), z.int()])]),
  normalize: z.boolean().default(false),
});

/** The product of two vectors or matrices over one axis of each, by one MatMul. */
export const dot: LayerConverter = defineLayer(schema, ({ name, config, inputs, draft }) => {
  const [left, right] = inputs.map((input) => inKerasOrder(draft, input));
  if (left === undefined || right === undefined || inputs.length > 2) {
    throw unsupported(`it has ${inputs.length} inputs`);
  }
  if (left.shape.length > 2 || right.shape.length > 2) {
    throw unsupported('an input has more than two axes');
  }
  const [leftAxis, rightAxis] =
    typeof config.axes === 'number' ? [config.axes, config.axes] : config.axes;
  const leftIndex = shapeIndex(leftAxis, left.shape.length);
  const rightIndex = shapeIndex(rightAxis, right.shape.length);
  if (left.shape[leftIndex] !== right.shape[rightIndex]) {
    throw unsupported('its inputs differ in size on their axes');
  }
  const side = (value: Value, index: number, part: string): Value =>
    config.normalize ? normalise(draft, value, index, `${name}/${part}`) : value;
  const rows = asMatrix(draft, side(left, leftIndex, 'left'), leftIndex, 'rows', name);
  const columns = asMatrix(draft, side(right, rightIndex, 'right'), rightIndex, 'columns', name);
  const leftRest = left.shape.filter((_, index) => index !== leftIndex);
  const shape = [...leftRest, ...right.shape.filter((_, index) => index !== rightIndex)];
  const isMatrix = shape.length === 2;
  const productName = isMatrix ? name : `${name}/product`;
  const product = draft.add('MatMul', { name: productName, inputs: [rows.name, columns.name] });
  if (isMatrix) return { name: product, shape };
  const matrix = { name: product, shape: [rows.shape[0] as number, columns.shape[1] as number] };
  // Two vectors give one number, as a vector.
  return reshapeTo(draft, matrix, shape.length === 0 ? [1] : shape, name);
});

/** The value as a matrix whose columns (for the left one) or rows (for the right one) run along the axis. */
function asMatrix(
  draft: GraphDraft,
  value: Value,
  index: number,
  lines: 'rows' | 'columns',
  name: string,
): Value {
  const [first, second] = value.shape as [number, number?];
  const part = `${name}/${lines}`;
  if (second === undefined) {
    return reshapeTo(draft, value, lines === 'rows' ? [1, first] : [first, 1], part);
  }
  const isTurned = index === (lines === 'rows' ? 0 : 1);
  if (!isTurned) return value;
  const attributes = [intsAttribute('perm', [0, 2, 1])];
  const turned = draft.add('Transpose', { name: part, inputs: [value.name], attributes });
  return { name: turned, shape: [second, first] };
}

/** `x / √max(Σx², 1e-7)` along an axis. */
function normalise(draft: GraphDraft, value: Value, index: number, name: string): Value {
  const attributes = [intsAttribute('axes', [index + 1]), intAttribute('keepdims', 1)];
  const squares = draft.add('ReduceSumSquare', {
    name: `${name}/squares`,
    inputs: [value.name],
    attributes,
  });
  const least = draft.float(`${name}/least`, [], Float32Array.of(EPSILON));
  const bounded = draft.add('Clip', { name: `${name}/bounded`, inputs: [squares, least] });
  const norm = draft.add('Sqrt', { name: `${name}/norm`, inputs: [bounded] });
  return { ...value, name: draft.add('Div', { name, inputs: [value.name, norm] }) };
}
