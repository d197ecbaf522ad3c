import type { OnnxAttribute } from '@isometry/onnx';
import { readInts } from './attribute.ts';
import type { ConvolutionWindow } from './convolution-window.ts';
import type { GraphDraft } from './graph-draft.ts';
import { unsupported } from './layer-converter.ts';
import type { Value } from './value.ts';

/**
 * The window of MaxPool or AveragePool. Behind a Pad, its padding is named and not spelled out: ONNX Runtime 1.30 would
 * else move the Pad into the pooling, where MaxPool takes no zeros from it (a wrong maximum of values below 0), and refuse
 * the model where it is as wide as the pool. It leaves a node with `auto_pad` alone.
 * @throws `LAYER_UNSUPPORTED` where the padding has no name that ONNX Runtime takes
 */
export function poolingAttributes(
  draft: GraphDraft,
  input: Value,
  window: ConvolutionWindow,
): readonly OnnxAttribute[] {
  // AveragePool has dilations from opset 19 on.
  const own = window.attributes.filter(({ name }) => name !== 'dilations');
  if (draft.producer(input.name)?.opType !== 'Pad') return own;
  return [
    ...own.filter(({ name }) => name !== 'pads'),
    { name: 'auto_pad', type: 'string', value: paddingName(input, window) },
  ];
}

function paddingName({ shape }: Value, { attributes }: ConvolutionWindow): 'SAME_UPPER' | 'VALID' {
  const [top = 0, left = 0, bottom = 0, right = 0] = readInts(attributes, 'pads') ?? [];
  if (top + left + bottom + right === 0) return 'VALID';
  const kernel = readInts(attributes, 'kernel_shape') ?? [];
  const strides = readInts(attributes, 'strides') ?? [];
  const isSame = [
    { size: shape[0], before: top, after: bottom },
    { size: shape[1], before: left, after: right },
  ].every((side, axis) => {
    const [stride = 1, pool = 1, size = 1] = [strides[axis], kernel[axis], side.size];
    // Less than 0 where windows leave something out between them, which ONNX Runtime refuses.
    const total = (Math.ceil(size / stride) - 1) * stride + pool - size;
    const before = Math.floor(total / 2);
    return total >= 0 && side.before === before && side.after === total - before;
  });
  if (!isSame) throw unsupported('it pads in a way that cannot be written behind another padding');
  return 'SAME_UPPER';
}
