import * as z from 'zod';
import { channelsLast } from '../convolution-window.ts';
import { crop } from '../crop.ts';
import {
  defineLayer,
  onlyFeatureMap,
  unsupported,
  type LayerConverter,
} from '../layer-converter.ts';

const side = z.int().min(1);

/** The middle, as tfjs 4.22 cuts it: of one column more, it cuts the left one off where Keras cuts the right one. */
export const centerCrop: LayerConverter = defineLayer(
  z.object({ height: side, width: side, data_format: channelsLast }),
  (place) => {
    const { name, draft } = place;
    const { height, width } = place.config;
    const { input, size } = onlyFeatureMap(place);
    const top = Math.floor((size.height - height) / 2);
    const left = size.width - width === 1 ? 1 : Math.floor((size.width - width) / 2);
    if (top < 0 || left < 0) {
      // tfjs would resize, and throws: "x must be rank 3 or 4, but got rank 1".
      throw unsupported('its input is smaller than what it cuts out');
    }
    return crop(draft, input, size, { top, left, height, width, name });
  },
);
