import type { OnnxAttribute } from '@isometry/onnx';
import * as z from 'zod';
import { channelsLast, pair } from '../convolution-window.ts';
import { defineLayer, onlyFeatureMap, type LayerConverter } from '../layer-converter.ts';

const text = (name: string, value: string): OnnxAttribute => ({ name, type: 'string', value });

/**
 * A whole number of times as many rows and columns. Bilinear as tfjs computes it, from the pixels' corners (`i / size`),
 * where Keras takes their centres.
 */
export const upSampling2D: LayerConverter = defineLayer(
  z.object({
    size: pair.default([2, 2]),
    interpolation: z.enum(['bilinear', 'nearest']).default('nearest'),
    data_format: channelsLast,
  }),
  (place) => {
    const { name, config, draft } = place;
    const { input, size } = onlyFeatureMap(place);
    const [rows, columns] = config.size;
    const scales = draft.float(`${name}/scales`, [4], Float32Array.of(1, 1, rows, columns));
    const attributes = [
      text('mode', config.interpolation === 'nearest' ? 'nearest' : 'linear'),
      text('coordinate_transformation_mode', 'asymmetric'),
      text('nearest_mode', 'floor'),
    ];
    return {
      name: draft.add('Resize', { name, inputs: [input.name, '', scales], attributes }),
      shape: [size.height * rows, size.width * columns, size.channels],
    };
  },
);
