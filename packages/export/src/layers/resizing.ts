import * as z from 'zod';
import { channelsLast } from '../convolution-window.ts';
import { defineLayer, onlyFeatureMap, type LayerConverter } from '../layer-converter.ts';
import { resample } from '../resample.ts';

const side = z.int().min(1);

/**
 * Another size, as Keras computes it: tfjs 4.22 registers the class and throws for every model that has it ("x must be
 * rank 3 or 4, but got rank 1").
 */
export const resizing: LayerConverter = defineLayer(
  z.object({
    height: side,
    width: side,
    interpolation: z.enum(['bilinear', 'nearest']).default('bilinear'),
    crop_to_aspect_ratio: z.literal(false).optional(),
    pad_to_aspect_ratio: z.literal(false).optional(),
    data_format: channelsLast,
  }),
  (place) => {
    const { name, config, draft } = place;
    const { input, size } = onlyFeatureMap(place);
    const { height, width, interpolation } = config;
    return resample(draft, input, size, { height, width, interpolation, name });
  },
);
