import * as z from 'zod';
import { intAttribute, intsAttribute } from '../attribute.ts';
import { axesSchema, shapeIndex } from '../keras-axis.ts';
import { inKerasOrder } from '../keras-order.ts';
import { defineLayer, onlyInput, type LayerConverter } from '../layer-converter.ts';
import { onnxAxis } from '../value.ts';

/** Softmax over one axis (tfjs has the last one only) or, written out, over several together. */
export const softmax: LayerConverter = defineLayer(
  z.object({ axis: axesSchema.default([-1]) }),
  (place) => {
    const { name, config, draft } = place;
    const input = inKerasOrder(draft, onlyInput(place));
    const rank = input.shape.length;
    const axes = config.axis.map((axis) => onnxAxis(shapeIndex(axis, rank), rank));
    if (axes.length === 1) {
      const attributes = [intAttribute('axis', axes[0] as number)];
      return { ...input, name: draft.add('Softmax', { name, inputs: [input.name], attributes }) };
    }
    const reduce = [
      intsAttribute(
        'axes',
        axes.toSorted((a, b) => a - b),
      ),
    ];
    const most = draft.add('ReduceMax', {
      name: `${name}/most`,
      inputs: [input.name],
      attributes: reduce,
    });
    // Less the largest, so that no power overflows.
    const less = draft.add('Sub', { name: `${name}/less`, inputs: [input.name, most] });
    const powers = draft.add('Exp', { name: `${name}/powers`, inputs: [less] });
    // The axes of ReduceSum are an input since opset 13, those of ReduceMax since 18.
    const over = draft.integersOf(`${name}/axes`, axes);
    const sum = draft.add('ReduceSum', { name: `${name}/sum`, inputs: [powers, over] });
    return { ...input, name: draft.add('Div', { name, inputs: [powers, sum] }) };
  },
);
