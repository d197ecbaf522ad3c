import * as z from 'zod';
import { channelsLast } from '../convolution-window.ts';
import { flatten } from '../keras-order.ts';
import { defineLayer, onlyInput, type LayerConverter } from '../layer-converter.ts';

/** Flatten in ONNX's order; the Dense behind it permutes its kernel. */
export const flattenLayer: LayerConverter = defineLayer(
  z.object({ data_format: channelsLast }),
  (place) => flatten(place.draft, onlyInput(place), place.name),
);
