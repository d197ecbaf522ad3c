import * as z from 'zod';
import { intAttribute } from '../attribute.ts';
import { shapeIndex } from '../keras-axis.ts';
import { inKerasOrder } from '../keras-order.ts';
import { defineLayer, unsupported, type LayerConverter } from '../layer-converter.ts';
import { onnxAxis } from '../value.ts';

/** Two or more values side by side; their shapes differ on no other axis. */
export const concatenate: LayerConverter = defineLayer(
  z.object({
    // tfjs works out the shape for axis -2 and then joins along the last one.
    axis: z.int().min(-1, 'of the negative axes, tfjs has -1 only').default(-1),
  }),
  ({ name, config, inputs, draft }) => {
    const values = inputs.map((input) => inKerasOrder(draft, input));
    const [first] = values;
    if (first === undefined || values.length < 2)
      throw unsupported(`it has ${inputs.length} inputs`);
    const rank = first.shape.length;
    const index = shapeIndex(config.axis, rank);
    const others = ({ shape }: { shape: readonly number[] }): string =>
      shape.map((size, at) => (at === index ? '' : size)).join();
    if (values.some((value) => others(value) !== others(first))) {
      throw unsupported('its inputs differ in shape on another axis');
    }
    const size = values.reduce((sum, { shape }) => sum + (shape[index] as number), 0);
    return {
      name: draft.add('Concat', {
        name,
        inputs: values.map((value) => value.name),
        attributes: [intAttribute('axis', onnxAxis(index, rank))],
      }),
      shape: first.shape.map((own, at) => (at === index ? size : own)),
    };
  },
);
