import { intAttribute } from '../../attribute.ts';
import { inKerasOrder } from '../../keras-order.ts';
import { unsupported } from '../../layer-converter.ts';
import { activation } from '../graph-tensor.ts';
import { numberOf } from '../node-attributes.ts';
import { notBatch, tensorAxis } from '../nchw.ts';
import { numberAt, resolveAxis, valueAt, type OperationConverter } from '../operation-converter.ts';

/** ConcatV2 of values along an axis of the image. */
export const concatenation: OperationConverter = (place) => {
  const { draft, node, inputs } = place;
  const last = inputs.length - 1;
  const count = numberOf(node, 'N') ?? last;
  if (count !== last) throw unsupported(`it joins ${count} of its ${last} inputs`);
  const values = inputs
    .slice(0, last)
    .map((_, index) => inKerasOrder(draft, valueAt(place, index)));
  const [first, ...others] = values;
  if (first === undefined) throw unsupported('it has no inputs');
  const axis = notBatch(resolveAxis(numberAt(place, last), first.shape.length + 1));
  const fixed = (shape: readonly number[]): string => shape.toSpliced(axis - 1, 1).join();
  if (
    others.some(
      (v) => v.shape.length !== first.shape.length || fixed(v.shape) !== fixed(first.shape),
    )
  ) {
    throw unsupported('its inputs differ in shape');
  }
  if (others.length === 0) return activation(first);
  const size = values.reduce((sum, { shape }) => sum + (shape[axis - 1] as number), 0);
  const name = draft.add('Concat', {
    name: node.name,
    inputs: values.map((value) => value.name),
    attributes: [intAttribute('axis', tensorAxis(first, axis))],
  });
  return activation({ name, shape: first.shape.with(axis - 1, size) });
};
