import { intAttribute } from '../../attribute.ts';
import { toOihw } from '../../kernel-order.ts';
import { unsupported } from '../../layer-converter.ts';
import type { Value } from '../../value.ts';
import { activation } from '../graph-tensor.ts';
import {
  constantAt,
  floatsIn,
  mapAt,
  type OperationConverter,
  type OperationPlace,
} from '../operation-converter.ts';
import { slidingWindow } from '../sliding-window.ts';
import { fusedActivation, fusedOperations, type FusedOperations } from './fused-activation.ts';

/** Conv2D and _FusedConv2D: Conv with its kernel turned from HWIO to OIHW. */
export const convolution: OperationConverter = (place) => {
  const { value, size } = mapAt(place, 0);
  const [rows, columns, channels, filters] = kernelShape(place);
  if (channels !== size.channels) {
    throw unsupported(`its kernel reads ${channels} of ${size.channels} channels`);
  }
  const window = slidingWindow(place, size, [rows, columns]);
  const kernel = toOihw(floatsIn(constantAt(place, 1)), rows * columns, channels, filters);
  const fused = fusedOperations(place);
  const inputs = [
    value.name,
    place.draft.float(`${place.node.name}/kernel`, [filters, channels, rows, columns], kernel),
    ...biasOf(place, fused, filters),
  ];
  const { attributes, height, width } = window;
  const name = place.draft.add('Conv', { name: place.node.name, inputs, attributes });
  return activation(fusedActivation(place, { name, shape: [height, width, filters] }, fused));
};

/** DepthwiseConv2dNative and its fused kind: one group a channel; output channel = channel · multiplier + copy. */
export const depthwiseConvolution: OperationConverter = (place) => {
  const { value, size } = mapAt(place, 0);
  const [rows, columns, channels, copies] = kernelShape(place);
  if (channels !== size.channels) {
    throw unsupported(`its kernel reads ${channels} of ${size.channels} channels`);
  }
  const window = slidingWindow(place, size, [rows, columns]);
  const filters = channels * copies;
  const kernel = toOihw(floatsIn(constantAt(place, 1)), rows * columns, 1, filters);
  const fused = fusedOperations(place);
  const inputs = [
    value.name,
    place.draft.float(`${place.node.name}/kernel`, [filters, 1, rows, columns], kernel),
    ...biasOf(place, fused, filters),
  ];
  const attributes = [...window.attributes, intAttribute('group', channels)];
  const output: Value = {
    name: place.draft.add('Conv', { name: place.node.name, inputs, attributes }),
    shape: [window.height, window.width, filters],
  };
  return activation(fusedActivation(place, output, fused));
};

function kernelShape(place: OperationPlace): readonly [number, number, number, number] {
  const { shape } = constantAt(place, 1);
  const [rows, columns, inputs, outputs, ...others] = shape;
  if (rows === undefined || columns === undefined || inputs === undefined) {
    throw unsupported(`its kernel has shape [${shape.join(', ')}]`);
  }
  if (outputs === undefined || others.length > 0 || shape.includes(0)) {
    throw unsupported(`its kernel has shape [${shape.join(', ')}]`);
  }
  return [rows, columns, inputs, outputs];
}

function biasOf(place: OperationPlace, { bias }: FusedOperations, filters: number): string[] {
  if (bias === undefined) return [];
  const data = floatsIn(bias);
  if (data.length !== filters) {
    throw unsupported(`its bias has ${data.length} values for ${filters} filters`);
  }
  return [place.draft.float(`${place.node.name}/bias`, [filters], data)];
}
