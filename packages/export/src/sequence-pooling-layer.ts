import * as z from 'zod';
import { intAttribute, intsAttribute } from './attribute.ts';
import { channelsLast } from './convolution-window.ts';
import { defineLayer, onlyInput, unsupported, type LayerConverter } from './layer-converter.ts';

/** A layer that takes one value of each column of `[steps, size]`, as the classifiers that cut an image into patches do. */
export function sequencePoolingLayer(opType: 'ReduceMax' | 'ReduceMean'): LayerConverter {
  return defineLayer(
    z.object({ data_format: channelsLast, keepdims: z.boolean().default(false) }),
    (place) => {
      const { name, config, draft } = place;
      const input = onlyInput(place);
      const [, size] = input.shape;
      if (size === undefined || input.shape.length > 2) {
        throw unsupported('its input is not a list of vectors');
      }
      const attributes = [
        intsAttribute('axes', [1]),
        intAttribute('keepdims', config.keepdims ? 1 : 0),
      ];
      return {
        name: draft.add(opType, { name, inputs: [input.name], attributes }),
        shape: config.keepdims ? [1, size] : [size],
      };
    },
  );
}
