import { createRandom } from '@isometry/core';
import { describe, expect, it } from 'vitest';
import { quantiseWeights, type WeightLayout } from './quantise-weights.ts';

const random = createRandom(6, 'weights');
const [CHANNELS, INPUTS, AREA] = [6, 4, 9];
const convolution: WeightLayout = {
  channels: CHANNELS,
  inputs: INPUTS,
  area: AREA,
  channelStride: INPUTS * AREA,
  inputStride: AREA,
  groups: 1,
};
/** Channels a thousandfold apart, as depthwise kernels are; the last one all zeros. */
const weights = Float32Array.from({ length: CHANNELS * INPUTS * AREA }, (_, index) => {
  const channel = Math.floor(index / (INPUTS * AREA));
  return channel === CHANNELS - 1 ? 0 : (random.next() - 0.5) * 10 ** -channel;
});
const bias = Float32Array.from({ length: CHANNELS }, () => random.next() * 4 - 2);
const options = { inputScale: 0.02, bias, largest: 127, inputMeans: undefined };

describe('int8 weights', () => {
  it.for([127, 63])('are within half a step of the channel, at most %i', (largest) => {
    const { values, scales } = quantiseWeights(weights, convolution, { ...options, largest });
    for (const [index, weight] of weights.entries()) {
      const scale = scales[Math.floor(index / (INPUTS * AREA))] as number;
      const value = values[index] as number;
      expect(Math.abs(value)).toBeLessThanOrEqual(largest);
      // The scale is a float32: a share of 2^-24 of 127 steps more.
      expect(Math.abs(weight - value * scale)).toBeLessThanOrEqual(scale * (0.5 + 127 * 2 ** -24));
    }
    expect(Math.max(...values.map(Math.abs))).toBe(largest);
  });

  it('have a bias within half of its step, also where all weights are zero', () => {
    const { bias: quantised, biasScales, scales } = quantiseWeights(weights, convolution, options);
    for (const [channel, value] of bias.entries()) {
      const step = biasScales[channel] as number;
      expect(step).toBe(Math.fround(Math.fround(0.02 * (scales[channel] as number))));
      const found = (quantised?.[channel] ?? 0) * step;
      expect(Math.abs(found - value)).toBeLessThanOrEqual(step / 2 + 2 ** -24 * Math.abs(value));
      expect(step).toBeLessThan(1e-4);
    }
  });

  it('leave room for a bias that is huge beside its weights', () => {
    const small = weights.map((weight) => weight * 1e-12);
    const { bias: quantised, biasScales } = quantiseWeights(small, convolution, options);
    for (const [channel, value] of (quantised ?? []).entries()) {
      expect(Math.abs(value)).toBeLessThanOrEqual(2 ** 30 * (1 + 2 ** -20));
      expect(value * (biasScales[channel] as number)).toBeCloseTo(bias[channel] as number, 6);
    }
  });

  it('are the same in a matrix, whichever way it lies', () => {
    const plain = { ...convolution, area: 1, inputs: INPUTS * AREA, inputStride: 1 };
    const rows = plain.inputs;
    const transposed = new Float32Array(weights.length);
    for (let channel = 0; channel < CHANNELS; channel += 1) {
      for (let row = 0; row < rows; row += 1) {
        transposed[row * CHANNELS + channel] = weights[channel * rows + row] as number;
      }
    }
    const across = { ...plain, channelStride: 1, inputStride: CHANNELS };
    const one = quantiseWeights(weights, plain, options);
    const other = quantiseWeights(transposed, across, options);
    expect(other.scales).toEqual(one.scales);
    expect(other.bias).toEqual(one.bias);
    expect(other.values[3 * CHANNELS + 2]).toBe(one.values[2 * rows + 3]);
  });

  it('have a bias that makes up for the mean of what rounding took away', () => {
    const inputMeans = Float64Array.from({ length: INPUTS }, (_, input) => input + 1);
    const {
      values,
      scales,
      bias: quantised,
      biasScales,
    } = quantiseWeights(weights, convolution, {
      ...options,
      inputMeans,
    });
    for (let channel = 0; channel < CHANNELS; channel += 1) {
      let [float, rounded] = [bias[channel] as number, 0];
      for (let at = 0; at < INPUTS * AREA; at += 1) {
        const index = channel * INPUTS * AREA + at;
        const mean = inputMeans[Math.floor(at / AREA)] as number;
        float += mean * (weights[index] as number);
        rounded += mean * (values[index] as number) * (scales[channel] as number);
      }
      rounded += (quantised?.[channel] ?? 0) * (biasScales[channel] as number);
      // Half a step of the bias.
      expect(Math.abs(rounded - float)).toBeLessThanOrEqual(0.51 * (biasScales[channel] as number));
    }
  });

  it('read the input channels of their own group', () => {
    const depthwise = { ...convolution, inputs: 1, channelStride: AREA, groups: CHANNELS };
    const own = weights.subarray(0, CHANNELS * AREA);
    const shifted = (loud: number): Int32Array | undefined =>
      quantiseWeights(own, depthwise, {
        ...options,
        inputMeans: Float64Array.from({ length: CHANNELS }, (_, input) => (input === loud ? 9 : 0)),
      }).bias;
    const still = quantiseWeights(own, depthwise, options).bias;
    const changed = [...(shifted(2) ?? [])].flatMap((value, channel) =>
      value === still?.[channel] ? [] : [channel],
    );
    expect(changed).toEqual([2]);
  });
});
