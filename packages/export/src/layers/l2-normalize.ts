import * as z from 'zod';
import { intAttribute, intsAttribute } from '../attribute.ts';
import { defineLayer, onlyInput, unsupported, type LayerConverter } from '../layer-converter.ts';

/**
 * `x / max(‖x‖₂, epsilon)`, our own layer. Not LpNormalization, whose answer for a zero vector differs between
 * releases of ONNX Runtime; Clip rather than Max, because every execution provider has it.
 */
export const l2Normalize: LayerConverter = defineLayer(
  z.object({ epsilon: z.number().positive() }),
  (place) => {
    const { name, config, draft } = place;
    const input = onlyInput(place);
    if (input.shape.length > 1) throw unsupported('its input is a feature map, not a vector');
    const norm = draft.add('ReduceL2', {
      name: `${name}/norm`,
      inputs: [input.name],
      attributes: [intsAttribute('axes', [1]), intAttribute('keepdims', 1)],
    });
    const epsilon = draft.float(`${name}/epsilon`, [], Float32Array.of(config.epsilon));
    const bounded = draft.add('Clip', { name: `${name}/bounded`, inputs: [norm, epsilon] });
    return { ...input, name: draft.add('Div', { name, inputs: [input.name, bounded] }) };
  },
);
