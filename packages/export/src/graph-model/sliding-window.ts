import { convolutionWindow, type ConvolutionWindow } from '../convolution-window.ts';
import { intsAttribute } from '../attribute.ts';
import { unsupported } from '../layer-converter.ts';
import type { Spatial } from '../value.ts';
import { numbersOf, stringOf } from './node-attributes.ts';
import type { OperationPlace } from './operation-converter.ts';

/** Refuses layouts other than tfjs' own. */
export function checkNhwc({ node }: OperationPlace): void {
  const format = stringOf(node, 'data_format') ?? 'NHWC';
  if (format.toUpperCase() !== 'NHWC') throw unsupported(`its data_format is ${format}`);
}

/** The window of a convolution or a pool with its strides, dilations and padding, SAME and EXPLICIT spelled out. */
export function slidingWindow(
  place: OperationPlace,
  input: Spatial,
  kernel: readonly [number, number],
): ConvolutionWindow {
  checkNhwc(place);
  const { node } = place;
  const padding = stringOf(node, 'padding')?.toUpperCase();
  const config = {
    kernel_size: kernel,
    strides: rowsAndColumns(place, 'strides'),
    dilation_rate: rowsAndColumns(place, 'dilations'),
  };
  if (padding === 'SAME' || padding === 'VALID') {
    return convolutionWindow(input, { ...config, padding: padding === 'SAME' ? 'same' : 'valid' });
  }
  if (padding !== 'EXPLICIT') throw unsupported(`its padding is ${padding ?? 'not given'}`);
  const pads = numbersOf(node, 'explicit_paddings') ?? [];
  const [, , top = 0, bottom = 0, left = 0, right = 0] = pads;
  if (pads.length !== 8) throw unsupported('its explicit_paddings are not eight numbers');
  if (pads[0] !== 0 || pads[1] !== 0 || pads[6] !== 0 || pads[7] !== 0) {
    throw unsupported('it pads the batch or the channels');
  }
  const padded = {
    ...input,
    height: input.height + top + bottom,
    width: input.width + left + right,
  };
  const window = convolutionWindow(padded, { ...config, padding: 'valid' });
  const others = window.attributes.filter(({ name }) => name !== 'pads');
  return { ...window, attributes: [...others, intsAttribute('pads', [top, left, bottom, right])] };
}

/** The two middle numbers of an attribute in NHWC; 1 where it is left out. */
export function rowsAndColumns({ node }: OperationPlace, name: string): [number, number] {
  const [batch = 1, rows = 1, columns = 1, channels = 1] = numbersOf(node, name) ?? [];
  if (batch !== 1 || channels !== 1)
    throw unsupported(`its ${name} move the batch or the channels`);
  if (!isCount(rows) || !isCount(columns))
    throw unsupported(`its ${name} are ${rows} and ${columns}`);
  return [rows, columns];
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}
