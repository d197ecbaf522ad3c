import * as z from 'zod';
import type { LayerCall } from './inline-models.ts';
import { roleUnclear } from './role-unclear.ts';
import { tfjsModelInvalid } from './tfjs-model-invalid.ts';

/** The size of the image that a model gets, in pixels. */
export interface InputSize {
  readonly height: number;
  readonly width: number;
}

/** What to do with a model of something else. */
export const IMAGE_HINT =
  'Give a model of one RGB image, channels last; in front of a model of grey images, put a layer that makes one channel of three.';

const side = z.nullable(z.int().min(1));
const shape = z.tuple([z.unknown(), side, side, z.literal(3)]);

/**
 * The configuration of the layer that is the model's input, with a size and any batch.
 * @throws `RUN_INVALID` when it is no image in colour, `OPTION_INVALID` when its size is open and none is given, or
 * the two differ
 */
export function toImageInput(
  { name, config }: LayerCall,
  size: InputSize | undefined,
): Readonly<Record<string, unknown>> {
  const result = z.safeParse(shape, config['batch_input_shape']);
  if (!result.success) {
    const found = JSON.stringify(config['batch_input_shape']) ?? 'nothing';
    throw tfjsModelInvalid(
      'model.json',
      `its input "${name}" is no image of three channels: its shape is ${found.slice(0, 100)}`,
      result.error,
      IMAGE_HINT,
    );
  }
  const [, ownHeight, ownWidth] = result.data;
  const height = ownHeight ?? size?.height;
  const width = ownWidth ?? size?.width;
  if (height === undefined || width === undefined) {
    throw roleUnclear('inputSize', `Input "${name}" takes images of any size`);
  }
  if (size !== undefined && (size.height !== height || size.width !== width)) {
    throw roleUnclear(
      'inputSize',
      `Input "${name}" takes images of ${width} x ${height} pixels, not ${size.width} x ${size.height}`,
    );
  }
  return { ...config, batch_input_shape: [null, height, width, 3] };
}
