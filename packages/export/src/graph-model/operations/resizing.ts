import type { OnnxAttribute } from '@isometry/onnx';
import { unsupported } from '../../layer-converter.ts';
import { activation, type GraphTensor } from '../graph-tensor.ts';
import { flagOf } from '../node-attributes.ts';
import {
  mapAt,
  numbersAt,
  type OperationConverter,
  type OperationPlace,
} from '../operation-converter.ts';

/** ResizeBilinear in its three conventions of where a pixel lies. */
export const bilinearResizing: OperationConverter = (place) => resize(place, 'linear');

/** ResizeNearestNeighbor by whole factors, where ONNX and TensorFlow cannot round differently. */
export const nearestResizing: OperationConverter = (place) => resize(place, 'nearest');

function resize(place: OperationPlace, mode: 'linear' | 'nearest'): GraphTensor {
  const { draft, node } = place;
  const { value, size } = mapAt(place, 0);
  const [height, width, ...others] = numbersAt(place, 1);
  if (height === undefined || width === undefined || others.length > 0) {
    throw unsupported('its size is not two numbers');
  }
  if (![height, width].every((side) => Number.isInteger(side) && side >= 1))
    throw unsupported(`its size is ${height} and ${width}`);
  if (mode === 'nearest') {
    const isWhole = height % size.height === 0 && width % size.width === 0;
    if (!isWhole || flagOf(node, 'align_corners')) {
      throw unsupported('it does not repeat pixels a whole number of times');
    }
  }
  const scales = Float32Array.of(1, 1, scaleTo(size.height, height), scaleTo(size.width, width));
  const inputs = [value.name, '', draft.float(`${node.name}/scales`, [4], scales)];
  const name = draft.add('Resize', {
    name: node.name,
    inputs,
    attributes: attributesOf(place, mode),
  });
  return activation({ name, shape: [height, width, size.channels] });
}

function attributesOf({ node }: OperationPlace, mode: string): readonly OnnxAttribute[] {
  const convention = flagOf(node, 'align_corners')
    ? 'align_corners'
    : flagOf(node, 'half_pixel_centers')
      ? 'half_pixel'
      : 'asymmetric';
  // With whole factors both conventions repeat each pixel: asymmetric with floor is the exact one.
  if (mode === 'nearest') {
    return [
      text('mode', mode),
      text('coordinate_transformation_mode', 'asymmetric'),
      text('nearest_mode', 'floor'),
    ];
  }
  return [text('mode', mode), text('coordinate_transformation_mode', convention)];
}

function text(name: string, value: string): OnnxAttribute {
  return { name, type: 'string', value };
}

/** ONNX makes `floor(from · scale)` pixels: the least float32 scale at or above the quotient that makes `to`. */
function scaleTo(from: number, to: number): number {
  const scale = Math.fround(to / from);
  return Math.floor(Math.fround(scale * from)) >= to ? scale : Math.fround(scale * (1 + 2 ** -23));
}
