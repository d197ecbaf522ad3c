import { layoutCases } from './graph-model-layout-cases.ts';
import { flattened, one, pooled, window, type Build } from './graph-model-pieces.ts';
import { flag, float, int, ints, text, texts, type HandMadeGraph } from './graph-model.ts';

const positive = (value: number): number => 1.5 + value;

/** An image of positive values, for roots and logarithms. */
const shifted = (g: HandMadeGraph, image: string): string =>
  g.node('AddV2', [image, g.scalar(1.25)]);

const onPositive = ['Log', 'Reciprocal', 'Rsqrt', 'Sqrt'];
const onAny = [
  'Abs', 'Ceil', 'Cos', 'Elu', 'Erf', 'Exp', 'Floor', 'Identity', 'LogSoftmax', 'Neg', 'Relu', 'Relu6', 'Round', 'Selu',
  'Sigmoid', 'Sign', 'Sin', 'Snapshot', 'Softmax', 'Softplus', 'Square', 'StopGradient', 'Tanh',
]; // prettier-ignore
const ofTwo = [
  'Add', 'AddV2', 'Div', 'Maximum', 'Minimum', 'Mul', 'Pow', 'RealDiv', 'SquaredDifference', 'Sub',
]; // prettier-ignore

const unaryCases: Record<string, Build> = Object.fromEntries([
  ...onAny.map((op): [string, Build] => [
    `${op} of values from -4 to 4`,
    (g, x) => g.node(op, [g.node('Mul', [x, g.scalar(4)])]),
  ]),
  ...onPositive.map((op): [string, Build] => [
    `${op} of positive values`,
    (g, x) => g.node(op, [shifted(g, x)]),
  ]),
]);

const binaryCases: Record<string, Build> = Object.fromEntries(
  ofTwo.flatMap((op): [string, Build][] => [
    [`${op} with a constant a channel`, (g, x) => g.node(op, [shifted(g, x), g.float([5], positive)])],
    [`${op} of a constant with the image`, (g, x) => g.node(op, [g.float([1, 1, 1, 5], positive), shifted(g, x)])],
    [`${op} of two values`, (g, x) => g.node(op, [shifted(g, x), g.node('Exp', [x])])],
  ]),
); // prettier-ignore

const convolutionCases: Record<string, Build> = {
  'Conv2D SAME, stride 2': (g, x) =>
    g.node('Conv2D', [x, g.float([3, 2, 5, 4])], window([1, 2, 2, 1], 'SAME')),
  'Conv2D VALID, dilated': (g, x) =>
    g.node('Conv2D', [x, g.float([3, 2, 5, 4])], {
      ...window(one, 'VALID'),
      dilations: ints(1, 2, 3, 1),
    }),
  'Conv2D EXPLICIT': (g, x) =>
    g.node('Conv2D', [x, g.float([3, 3, 5, 4])], {
      ...window([1, 2, 1, 1], 'EXPLICIT'),
      explicit_paddings: ints(0, 0, 2, 1, 0, 3, 0, 0),
    }),
  'Conv2D of numbers that are no strings': (g, x) =>
    g.node('Conv2D', [x, g.float([3, 2, 5, 4])], {
      strides: { list: { i: [1, 2, 2, 1] } },
      padding: { s: [...Buffer.from('SAME')] },
      dilations: { list: { i: [1, 1, 1, 1] } },
    }),
  'DepthwiseConv2dNative with two copies': (g, x) =>
    g.node('DepthwiseConv2dNative', [x, g.float([3, 2, 5, 2])], window([1, 2, 2, 1], 'SAME')),
  'DepthwiseConv2dNative dilated': (g, x) =>
    g.node('DepthwiseConv2dNative', [x, g.float([3, 3, 5, 1])], {
      ...window(one, 'SAME'),
      dilations: ints(1, 2, 2, 1),
    }),
  'Conv2D and BiasAdd': (g, x) =>
    g.node('BiasAdd', [
      g.node('Conv2D', [x, g.float([1, 1, 5, 4])], window(one, 'VALID')),
      g.float([4]),
    ]),
  ...fusedCases('_FusedConv2D', [3, 3, 5, 4], 4),
  ...fusedCases('FusedDepthwiseConv2dNative', [3, 3, 5, 2], 10),
};

function fusedCases(
  op: string,
  kernel: readonly number[],
  filters: number,
): Readonly<Record<string, Build>> {
  const isDepthwise = op.includes('Depthwise');
  const activations = [
    'Relu',
    'Relu6',
    'Elu',
    'Sigmoid',
    'Prelu',
    ...(isDepthwise ? [] : ['LeakyRelu']),
  ];
  const build =
    (activation: readonly string[], bias: boolean): Build =>
    (g, x) => {
      const inputs = [x, g.float(kernel)];
      if (bias) inputs.push(g.float([filters]));
      if (activation.includes('Prelu')) inputs.push(g.float([1, 1, filters], Math.abs));
      const fused = bias ? ['BiasAdd', ...activation] : activation;
      return g.node(op, inputs, {
        ...window([1, 2, 2, 1], 'SAME'),
        fused_ops: texts(...fused),
        num_args: int(inputs.length - 2),
        leakyrelu_alpha: float(0.3),
      });
    };
  return {
    [`${op} with a bias`]: build([], true),
    ...Object.fromEntries(
      activations.map((name): [string, Build] => [
        `${op} with a bias and ${name}`,
        build([name], true),
      ]),
    ),
  };
}

const otherCases: Record<string, Build> = {
  'FusedBatchNormV3': (g, x) =>
    g.node('FusedBatchNormV3', [x, g.float([5]), g.float([5]), g.float([5]), g.float([5], positive)], {
      epsilon: float(0.25),
      is_training: flag(false),
    }),
  'FusedBatchNorm without its epsilon': (g, x) =>
    g.node('FusedBatchNorm', [x, g.float([5]), g.float([5]), g.float([5]), g.float([5], (v) => 0.01 + Math.abs(v) / 100)]),
  'FusedBatchNormV2 of a convolution': (g, x) => {
    const y = g.node('Conv2D', [x, g.float([3, 3, 5, 4])], window(one, 'SAME'));
    return g.node('FusedBatchNormV2', [y, g.float([4]), g.float([4]), g.float([4]), g.float([4], positive)]);
  },
  'MaxPool SAME': (g, x) =>
    g.node('MaxPool', [x], { ksize: ints(1, 3, 2, 1), ...window([1, 2, 2, 1], 'SAME') }),
  'AvgPool SAME, where padding does not count': (g, x) =>
    g.node('AvgPool', [x], { ksize: ints(1, 3, 3, 1), ...window(one, 'SAME') }),
  'AvgPool VALID': (g, x) =>
    g.node('AvgPool', [x], { ksize: ints(1, 3, 2, 1), ...window([1, 2, 3, 1], 'VALID') }),
  'Pad before a convolution': (g, x) =>
    g.node('Conv2D', [g.node('Pad', [x, g.table([0, 0], [1, 0], [2, 1], [0, 0])]), g.float([3, 3, 5, 4])], window([1, 2, 2, 1], 'VALID')),
  'Pad of channels before a convolution': (g, x) =>
    g.node('Conv2D', [g.node('Pad', [x, g.table([0, 0], [0, 0], [0, 0], [1, 2])]), g.float([3, 3, 8, 4])], window(one, 'VALID')),
  'Pad before MaxPool, of values below 0': (g, x) => {
    const padded = g.node('Pad', [
      g.node('Sub', [x, g.scalar(2)]),
      g.table([0, 0], [1, 1], [1, 1], [0, 0]),
    ]);
    return g.node('MaxPool', [padded], { ksize: ints(1, 3, 3, 1), ...window([1, 2, 2, 1], 'VALID') });
  },
  'Pad before AvgPool': (g, x) => {
    const padded = g.node('Pad', [x, g.table([0, 0], [1, 1], [1, 1], [0, 0])]);
    return g.node('AvgPool', [padded], { ksize: ints(1, 3, 3, 1), ...window([1, 2, 2, 1], 'SAME') });
  },
  'PadV2 with 7 before a convolution': (g, x) => {
    const padded = g.node('PadV2', [x, g.table([0, 0], [1, 1], [1, 1], [0, 0]), g.scalar(7)]);
    return g.node('Conv2D', [padded, g.float([3, 3, 5, 4])], window(one, 'VALID'));
  },
  'MirrorPad before a convolution': (g, x) => {
    const padded = g.node('MirrorPad', [x, g.table([0, 0], [1, 1], [1, 1], [0, 0])], {
      mode: text('REFLECT'),
    });
    return g.node('Conv2D', [padded, g.float([3, 3, 5, 4])], window(one, 'VALID'));
  },
  'Pad of a flattened vector': (g, x) => g.node('Pad', [flattened(g, x), g.table([0, 0], [2, 1])]),
  'PadV2 with 7': (g, x) => g.node('PadV2', [x, g.table([0, 0], [1, 0], [2, 1], [0, 0]), g.scalar(7)]),
  'MirrorPad REFLECT': (g, x) =>
    g.node('MirrorPad', [x, g.table([0, 0], [3, 2], [0, 1], [0, 0])], { mode: text('REFLECT') }),
  'MirrorPad SYMMETRIC by one': (g, x) =>
    g.node('MirrorPad', [x, g.table([0, 0], [1, 1], [0, 1], [0, 0])], { mode: text('SYMMETRIC') }),
  'Mean of rows and columns, kept': (g, x) =>
    g.node('Mean', [x, g.integers(1, 2)], { keep_dims: flag(true) }),
  'Mean of rows and columns from the end': (g, x) => g.node('Mean', [x, g.integers(-2, -3)]),
  'Mean over the channels: a layer norm': (g, x) => {
    const mean = g.node('Mean', [x, g.integers(3)], { keep_dims: flag(true) });
    const variance = g.node('Mean', [g.node('SquaredDifference', [x, mean]), g.integers(3)], { keep_dims: flag(true) });
    const factor = g.node('Rsqrt', [g.node('AddV2', [variance, g.scalar(1e-3)])]);
    return g.node('Mul', [g.node('Sub', [x, mean]), g.node('Mul', [factor, g.float([5])])]);
  },
  'Max of rows and columns': (g, x) => g.node('Max', [x, g.integers(1, 2)]),
  'Min of columns': (g, x) => g.node('Min', [x, g.integers(2)]),
  'Sum of rows': (g, x) => g.node('Sum', [x, g.integers(1)]),
  'Sum of channels': (g, x) => g.node('Sum', [x, g.integers(3)]),
  'Prod of columns and channels, kept': (g, x) =>
    g.node('Prod', [x, g.integers(2, 3)], { keep_dims: flag(true) }),
  'Sum of a flattened vector: an L2 norm': (g, x) => {
    const flat = flattened(g, x);
    const sum = g.node('Sum', [g.node('Square', [flat]), g.integers(1)], { keep_dims: flag(true) });
    return g.node('Mul', [flat, g.node('Rsqrt', [g.node('Maximum', [sum, g.scalar(1e-12)])])]);
  },
  'MatMul with a transposed kernel': (g, x) =>
    g.node('MatMul', [pooled(g, x), g.float([6, 5])], { transpose_b: flag(true) }),
  '_FusedMatMul with Prelu': (g, x) =>
    g.node('_FusedMatMul', [flattened(g, x), g.float([315, 6]), g.float([6]), g.float([6], Math.abs)], {
      fused_ops: texts('BiasAdd', 'Prelu'),
      num_args: int(2),
    }),
  'a constant beside a flattened vector': (g, x) =>
    g.node('Mul', [g.node('AddV2', [flattened(g, x), g.float([1, 315])]), g.scalar(2)]),
  'two flattened vectors in different orders': (g, x) =>
    g.node('AddV2', [flattened(g, x), g.node('MatMul', [flattened(g, x), g.float([315, 315])])]),
  'a constant that widens one pixel': (g, x) =>
    g.node('Mul', [g.node('Mean', [x, g.integers(1, 2)], { keep_dims: flag(true) }), g.float([4, 3, 1])]),
  'AddN of three': (g, x) => g.node('AddN', [x, g.node('Relu', [x]), g.node('Exp', [x])], { N: int(3) }),
  'LeakyRelu': (g, x) => g.node('LeakyRelu', [x], { alpha: float(0.15) }),
  'LeakyRelu without its slope': (g, x) => g.node('LeakyRelu', [x]),
  'Prelu of each element': (g, x) => g.node('Prelu', [x, g.float([9, 7, 5])]),
  'ClipByValue': (g, x) => g.node('ClipByValue', [x, g.scalar(-0.25), g.scalar(0.5)]),
  'hard swish': (g, x) =>
    g.node('Mul', [x, g.node('Mul', [g.node('Relu6', [g.node('AddV2', [x, g.scalar(3)])]), g.scalar(1 / 6)])]),
  'Softmax of a flattened vector': (g, x) => g.node('Softmax', [flattened(g, x)]),
  'LogSoftmax of a sequence': (g, x) =>
    g.node('LogSoftmax', [g.node('Reshape', [x, g.integers(-1, 63, 5)])]),
  ...Object.fromEntries(
    ['asymmetric', 'align_corners', 'half_pixel_centers'].flatMap((name): [string, Build][] => {
      const attributes = name === 'asymmetric' ? {} : { [name]: flag(true) };
      return [[20, 10], [5, 7], [9, 21]].map(([height = 0, width = 0]): [string, Build] => [
        `ResizeBilinear to ${height} x ${width}, ${name}`,
        (g, x) => g.node('ResizeBilinear', [x, g.integers(height, width)], attributes),
      ]);
    }),
  ),
  ...Object.fromEntries(
    ['asymmetric', 'half_pixel_centers'].map((name): [string, Build] => [
      `ResizeNearestNeighbor by 2 and 3, ${name}`,
      (g, x) =>
        g.node('ResizeNearestNeighbor', [x, g.integers(18, 21)], name === 'asymmetric' ? {} : { [name]: flag(true) }),
    ]),
  ),
}; // prettier-ignore

/** Graphs behind an image of `IMAGE`'s shape, which tfjs and the exporter must agree on. */
export const graphModelCases: Readonly<Record<string, Build>> = {
  ...unaryCases,
  ...binaryCases,
  ...convolutionCases,
  ...layoutCases,
  ...otherCases,
};
