import type { OnnxAttribute } from '@isometry/onnx';
import { inKerasOrder } from '../../keras-order.ts';
import { unsupported } from '../../layer-converter.ts';
import { activation, type GraphTensor } from '../graph-tensor.ts';
import { inOnnxOrder } from '../nchw.ts';
import { stringOf } from '../node-attributes.ts';
import {
  constantAt,
  floatsIn,
  numberAt,
  numbersIn,
  valueAt,
  type OperationConverter,
  type OperationPlace,
} from '../operation-converter.ts';

/** Pad and PadV2, whose third input is what it pads with. Zeros are left to Pad's default, so that passes fold them. */
export const padding: OperationConverter = (place) => {
  const filling = place.node.op === 'PadV2' ? numberAt(place, 2) : 0;
  return pad(place, filling, []);
};

/** MirrorPad. SYMMETRIC repeats the edge itself, which ONNX can do for one row or column only. */
export const mirrorPadding: OperationConverter = (place) => {
  const mode = stringOf(place.node, 'mode')?.toUpperCase();
  if (mode === 'REFLECT')
    return pad(place, 0, [{ name: 'mode', type: 'string', value: 'reflect' }]);
  if (mode !== 'SYMMETRIC') throw unsupported(`its mode is ${mode ?? 'not given'}`);
  if (floatsIn(constantAt(place, 1)).some((count) => count > 1)) {
    throw unsupported('it mirrors more than one row or column together with the edge');
  }
  return pad(place, 0, [{ name: 'mode', type: 'string', value: 'edge' }]);
};

function pad(
  place: OperationPlace,
  filling: number,
  attributes: readonly OnnxAttribute[],
): GraphTensor {
  const { draft, node } = place;
  const input = inKerasOrder(draft, valueAt(place, 0));
  const paddings = constantAt(place, 1);
  const rank = input.shape.length + 1;
  if (paddings.shape.join() !== [rank, 2].join()) {
    throw unsupported(`its paddings have shape [${paddings.shape.join(', ')}]`);
  }
  const counts = numbersIn(paddings);
  if (counts[0] !== 0 || counts[1] !== 0) throw unsupported('it pads the batch');
  if (counts.some((count) => !Number.isInteger(count) || count < 0)) {
    throw unsupported('its paddings are not counts');
  }
  const before = counts.filter((_, index) => index % 2 === 0);
  const after = counts.filter((_, index) => index % 2 === 1);
  const pads = draft.integersOf(`${node.name}/pads`, [
    ...inOnnxOrder(before),
    ...inOnnxOrder(after),
  ]);
  const inputs = [input.name, pads];
  if (filling !== 0) inputs.push(draft.float(`${node.name}/value`, [], Float32Array.of(filling)));
  const name = draft.add('Pad', { name: node.name, inputs, attributes });
  const shape = input.shape.map(
    (size, axis) => size + (before[axis + 1] as number) + (after[axis + 1] as number),
  );
  return activation({ name, shape });
}
