import * as z from 'zod';
import { intAttribute } from '../attribute.ts';
import { inKerasOrder } from '../keras-order.ts';
import { defineLayer, unsupported, type LayerConverter } from '../layer-converter.ts';

/** Two or more values side by side; their shapes differ on no other axis. */
export const concatenate: LayerConverter = defineLayer(
  z.object({ axis: z.int().default(-1) }),
  ({ name, config, inputs, draft }) => {
    const values = inputs.map((input) => inKerasOrder(draft, input));
    const [first] = values;
    if (first === undefined || values.length < 2)
      throw unsupported(`it has ${inputs.length} inputs`);
    const rank = first.shape.length;
    // tfjs works out the shape for axis -2 and then joins along the last one.
    if (config.axis < -1) throw unsupported('its axis is negative and not -1');
    // Keras counts the batch as axis 0, which `shape` leaves out.
    const axis = config.axis < 0 ? rank + config.axis : config.axis - 1;
    if (first.shape[axis] === undefined) throw unsupported(`it has no axis ${config.axis}`);
    const others = ({ shape }: { shape: readonly number[] }): string =>
      shape.map((size, index) => (index === axis ? '' : size)).join();
    if (values.some((value) => others(value) !== others(first))) {
      throw unsupported('its inputs differ in shape on another axis');
    }
    const size = values.reduce((sum, { shape }) => sum + (shape[axis] as number), 0);
    return {
      name: draft.add('Concat', {
        name,
        inputs: values.map((value) => value.name),
        attributes: [intAttribute('axis', onnxAxis(axis, rank))],
      }),
      shape: first.shape.map((own, index) => (index === axis ? size : own)),
    };
  },
);

/** Rows, columns, channels are axes 2, 3 and 1 of an ONNX feature map; a vector's values are axis 1. */
function onnxAxis(axis: number, rank: number): number {
  const isChannels = axis === rank - 1;
  return rank === 3 && !isChannels ? axis + 2 : 1;
}
