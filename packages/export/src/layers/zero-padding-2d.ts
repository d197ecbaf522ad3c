import * as z from 'zod';
import { channelsLast } from '../convolution-window.ts';
import { defineLayer, onlyInput, unsupported, type LayerConverter } from '../layer-converter.ts';
import { spatialShape } from '../value.ts';

const count = z.int().min(0);
const pair = z.tuple([count, count]);

/** A Pad node, which the folding pass moves into the convolution behind it. */
export const zeroPadding2D: LayerConverter = defineLayer(
  z.object({ padding: z.tuple([pair, pair]), data_format: channelsLast }),
  (place) => {
    const { name, config, draft } = place;
    const input = onlyInput(place);
    const size = spatialShape(input);
    if (size === undefined) throw unsupported('its input is not a feature map');
    const [[top, bottom], [left, right]] = config.padding;
    const pads = draft.integersOf(`${name}/pads`, [0, 0, top, left, 0, 0, bottom, right]);
    return {
      name: draft.add('Pad', { name, inputs: [input.name, pads] }),
      shape: [size.height + top + bottom, size.width + left + right, size.channels],
    };
  },
);
