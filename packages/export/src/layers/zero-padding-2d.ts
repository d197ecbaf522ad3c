import * as z from 'zod';
import { channelsLast } from '../convolution-window.ts';
import { edgePairs } from '../edge-pairs.ts';
import { defineLayer, onlyFeatureMap, type LayerConverter } from '../layer-converter.ts';

/** A Pad node, which the folding pass moves into the convolution behind it. */
export const zeroPadding2D: LayerConverter = defineLayer(
  z.object({ padding: edgePairs, data_format: channelsLast }),
  (place) => {
    const { name, config, draft } = place;
    const { input, size } = onlyFeatureMap(place);
    const [[top, bottom], [left, right]] = config.padding;
    const pads = draft.integersOf(`${name}/pads`, [0, 0, top, left, 0, 0, bottom, right]);
    return {
      name: draft.add('Pad', { name, inputs: [input.name, pads] }),
      shape: [size.height + top + bottom, size.width + left + right, size.channels],
    };
  },
);
