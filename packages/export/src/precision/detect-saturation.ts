import { INPUT_NAME, type ModelSession } from '@isometry/core';
import { encodeModel, floatTensor, type OnnxModel, type OnnxTensor } from '@isometry/onnx';

/** Enough output channels for a vectorised kernel, and few enough to cost nothing. */
const CHANNELS = 32;

/** The largest uint8 times the largest int8, three times: two of them together pass 16 bits. */
const EXPECTED = 3 * 255 * 127;

/**
 * Tells whether this machine's int8 arithmetic saturates: x86 processors with AVX2 or AVX-512 and without VNNI add two
 * products in 16 bits, and ONNX Runtime uses those instructions. One tiny convolution of the largest values tells.
 * @throws what `createSession` and the session throw
 */
export async function detectSaturation(
  createSession: (model: Uint8Array) => Promise<ModelSession>,
): Promise<boolean> {
  const session = await createSession(encodeModel(largestProducts()));
  try {
    const side = 4;
    const data = new Float32Array(3 * side * side).fill(255);
    const feeds = { [INPUT_NAME]: { data, dims: [1, 3, side, side] } };
    const { sums } = await session.run(feeds, ['sums']);
    // The sum is rounded to a step of EXPECTED / 255: a saturated one is a third below.
    return sums?.data.some((sum) => Math.abs(sum - EXPECTED) > EXPECTED / 100) ?? false;
  } finally {
    await session.close();
  }
}

function largestProducts(): OnnxModel {
  const image = ['N', 3, 4, 4].map((size) => ({ size }));
  return {
    irVersion: 8,
    opsets: [{ domain: '', version: 17 }],
    metadata: new Map(),
    graph: {
      name: 'saturation',
      inputs: [{ name: INPUT_NAME, dataType: 'float32', dims: image }],
      outputs: [
        {
          name: 'sums',
          dataType: 'float32',
          dims: ['N', CHANNELS, 4, 4].map((size) => ({ size })),
        },
      ],
      initializers: [
        floatTensor('one', [], [1]),
        floatTensor('step', [], [EXPECTED / 255]),
        bytes('zero', 'uint8', 1, 0),
        bytes('weight_zero', 'int8', 1, 0),
        bytes('weight', 'int8', CHANNELS, 127),
      ],
      nodes: [
        {
          name: 'quantize',
          opType: 'QuantizeLinear',
          inputs: [INPUT_NAME, 'one', 'zero'],
          outputs: ['q'],
        },
        {
          name: 'dequantize',
          opType: 'DequantizeLinear',
          inputs: ['q', 'one', 'zero'],
          outputs: ['x'],
        },
        {
          name: 'weights',
          opType: 'DequantizeLinear',
          inputs: ['weight', 'one', 'weight_zero'],
          outputs: ['w'],
        },
        { name: 'products', opType: 'Conv', inputs: ['x', 'w'], outputs: ['y'] },
        { name: 'round', opType: 'QuantizeLinear', inputs: ['y', 'step', 'zero'], outputs: ['r'] },
        {
          name: 'result',
          opType: 'DequantizeLinear',
          inputs: ['r', 'step', 'zero'],
          outputs: ['sums'],
        },
      ],
    },
  };
}

function bytes(name: string, dataType: 'uint8' | 'int8', count: number, value: number): OnnxTensor {
  const dims = count === 1 ? [] : [count, 3, 1, 1];
  return { name, dataType, dims, data: new Uint8Array(count === 1 ? 1 : count * 3).fill(value) };
}
