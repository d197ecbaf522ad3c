import * as z from 'zod';
import { inKerasOrder } from '../keras-order.ts';
import { defineLayer, unsupported, type LayerConverter } from '../layer-converter.ts';

/** The sum of two or more values of one shape, left to right as Keras adds them. */
export const add: LayerConverter = defineLayer(z.object({}), ({ name, inputs, draft }) => {
  const [first, ...others] = inputs.map((input) => inKerasOrder(draft, input));
  if (first === undefined || others.length === 0)
    throw unsupported(`it has ${inputs.length} inputs`);
  let sum = first;
  for (const [index, other] of others.entries()) {
    if (other.shape.join() !== first.shape.join()) throw unsupported('its inputs differ in shape');
    const isLast = index === others.length - 1;
    const node = { name: isLast ? name : `${name}/${index + 1}`, inputs: [sum.name, other.name] };
    sum = { name: draft.add('Add', node), shape: first.shape };
  }
  return sum;
});
