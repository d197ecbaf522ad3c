import type { Tensor } from '@isometry/core';
import { toChannelsLast } from './layouts.ts';
import type { ProvenOutput } from './prove-conversion.ts';

/** How a layer's answer is compared with an output: see `ProvenOutput`. */
type Comparison = Pick<ProvenOutput, 'form' | 'temperature'>;

/** What the file answers, as the layer does: in Keras' order, through the sigmoids that were taken off. */
export function foundValues(
  tensor: Tensor | undefined,
  { form, temperature = 1 }: Comparison,
): Float32Array | undefined {
  if (tensor === undefined) return undefined;
  const [, channels = 1, height = 1, width = 1] = tensor.dims;
  // Feature maps lie channels first in the file.
  const isMap = tensor.dims.length === 4;
  const values = isMap ? toChannelsLast(tensor.data, { height, width, channels }) : tensor.data;
  return form === 'sigmoids' ? values.map((value) => sigmoid(value * temperature)) : values;
}

/** What the file has to answer for `rows` images, by what the layer does. */
export function wantedValues(
  data: Float32Array | undefined,
  { form, temperature = 1 }: Comparison,
  rows: number,
): Float32Array | undefined {
  if (data === undefined) return undefined;
  switch (form) {
    case 'logits':
      return data.map((value) => value / temperature);
    case 'second logit':
      return pairs(data, () => 0, temperature);
    case 'probabilities':
      return tempered(data, temperature, rows);
    case 'second probability':
      return tempered(
        pairs(data, (second) => 1 - second),
        temperature,
        rows,
      );
    default:
      return data;
  }
}

/** Two values an image where the model gives the second. */
function pairs(data: Float32Array, first: (second: number) => number, divisor = 1): Float32Array {
  return Float32Array.from({ length: 2 * data.length }, (_, index) => {
    const second = data[index >> 1] as number;
    return (index % 2 === 1 ? second : first(second)) / divisor;
  });
}

/** Probabilities at another temperature: `p^(1/T)`, made to sum to 1 again, row by row. */
function tempered(data: Float32Array, temperature: number, rows: number): Float32Array {
  if (temperature === 1) return data;
  const size = data.length / rows;
  const powers = Float64Array.from(data, (value) => value ** (1 / temperature));
  return data.map((_, index) => {
    const first = index - (index % size);
    const sum = powers.subarray(first, first + size).reduce((a, b) => a + b, 0);
    return (powers[index] as number) / sum;
  });
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
