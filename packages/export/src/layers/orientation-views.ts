import * as z from 'zod';
import { intAttribute, intsAttribute } from '../attribute.ts';
import { defineLayer, onlyInput, unsupported, type LayerConverter } from '../layer-converter.ts';
import { spatialShape } from '../value.ts';

/**
 * Our own layer: a square image in its eight orientations, one batch after the other. Gather with the places backwards
 * rather than Slice with a step of -1, which not every execution provider has.
 */
export const orientationViews: LayerConverter = defineLayer(z.object({}), (place) => {
  const { name, draft } = place;
  const input = onlyInput(place);
  const spatial = spatialShape(input);
  if (spatial === undefined || spatial.height !== spatial.width) {
    throw unsupported('its input is not square');
  }
  const side = spatial.width;
  const backwards = draft.integersOf(
    `${name}/backwards`,
    Array.from({ length: side }, (_, at) => side - 1 - at),
  );
  const flip = (value: string, axis: 2 | 3): string =>
    draft.add('Gather', {
      name: `${name}/flip`,
      inputs: [value, backwards],
      attributes: [intAttribute('axis', axis)],
    });
  const four = (value: string): string[] => {
    const mirrored = flip(value, 3);
    return [value, mirrored, flip(value, 2), flip(mirrored, 2)];
  };
  const transposed = draft.add('Transpose', {
    name: `${name}/transposed`,
    inputs: [input.name],
    attributes: [intsAttribute('perm', [0, 1, 3, 2])],
  });
  return {
    name: draft.add('Concat', {
      name,
      inputs: [...four(input.name), ...four(transposed)],
      attributes: [intAttribute('axis', 0)],
    }),
    shape: input.shape,
  };
});
