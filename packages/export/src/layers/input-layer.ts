import { INPUT_NAME } from '@isometry/core';
import * as z from 'zod';
import { defineLayer, type LayerConverter } from '../layer-converter.ts';

const side = z.int().min(1);
const batch = z.nullable(side);
const shape = z.tuple([batch, side, side, z.literal(3)]);

/** The image: a fixed height and width, three channels, any batch. */
export const inputLayer: LayerConverter = defineLayer(
  z.object({ batch_input_shape: shape, dtype: z.optional(z.nullable(z.literal('float32'))) }),
  ({ config }) => ({ name: INPUT_NAME, shape: config.batch_input_shape.slice(1) as number[] }),
);
