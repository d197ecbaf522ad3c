import * as z from 'zod';
import { channelsLast } from '../convolution-window.ts';
import { crop } from '../crop.ts';
import { edgePairs } from '../edge-pairs.ts';
import {
  defineLayer,
  onlyFeatureMap,
  unsupported,
  type LayerConverter,
} from '../layer-converter.ts';

/** What is left when rows and columns are cut off at the edges. */
export const cropping2D: LayerConverter = defineLayer(
  z.object({ cropping: edgePairs, data_format: channelsLast }),
  (place) => {
    const { name, config, draft } = place;
    const { input, size } = onlyFeatureMap(place);
    const [[top, bottom], [left, right]] = config.cropping;
    const height = size.height - top - bottom;
    const width = size.width - left - right;
    if (height < 1 || width < 1) throw unsupported('it cuts everything off');
    return crop(draft, input, size, { top, left, height, width, name });
  },
);
