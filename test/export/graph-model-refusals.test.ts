import { describe, expect, it } from 'vitest';
import { errorOf } from './graph-model-error.ts';
import {
  flag,
  float,
  HandMadeGraph,
  int,
  ints,
  openGraph,
  text,
  texts,
  type,
} from './graph-model.ts';

const window = {
  strides: ints(1, 1, 1, 1),
  padding: text('SAME'),
  dilations: ints(1, 1, 1, 1),
};

/** Operations that cannot be written, each behind the image alone, and what must be said of it. */
const refusals: Readonly<
  Record<string, readonly [build: (g: HandMadeGraph, image: string) => string, reason: string]>
> = {
  'an operation that nobody knows': [(g, x) => g.node('Betainc', [x, x, x]), 'no converter'],
  'a loop': [(g, x) => g.node('StatelessWhile', [x]), 'control flow'],
  'a list of tensors': [(g, x) => g.node('TensorListStack', [x]), 'control flow'],
  'a call of a function': [(g, x) => g.node('PartitionedCall', [x]), 'control flow'],
  'the number of a class': [(g, x) => g.node('ArgMax', [x, g.integer(3)]), 'not scores'],
  'channels first': [
    (g, x) =>
      g.node('Conv2D', [x, g.float([3, 3, 5, 4])], { ...window, data_format: text('NCHW') }),
    'data_format is NCHW',
  ],
  'a kernel that is computed': [
    (g, x) => g.node('Conv2D', [x, x], window),
    'input 1 is no constant',
  ],
  'a grouped convolution, which tfjs does not have': [
    (g, x) => g.node('Conv2D', [x, g.float([3, 3, 1, 4])], window),
    'reads 1 of 5 channels',
  ],
  'a kernel of another rank': [
    (g, x) => g.node('Conv2D', [x, g.float([3, 5, 4])], window),
    'its kernel has shape [3, 5, 4]',
  ],
  'an unknown padding': [
    (g, x) => g.node('MaxPool', [x], { ...window, ksize: ints(1, 2, 2, 1), padding: text('FULL') }),
    'its padding is FULL',
  ],
  'a stride across channels': [
    (g, x) =>
      g.node('MaxPool', [x], { ...window, ksize: ints(1, 2, 2, 1), strides: ints(1, 1, 1, 2) }),
    'its strides move',
  ],
  'a pool without a size': [(g, x) => g.node('AvgPool', [x], window), 'no ksize'],
  'a pool with explicit padding, which tfjs does not have': [
    (g, x) =>
      g.node('MaxPool', [x], { ...window, ksize: ints(1, 2, 2, 1), padding: text('EXPLICIT') }),
    'for convolutions alone',
  ],
  'a fused Tanh, which tfjs does not have': [
    (g, x) =>
      g.node('_FusedConv2D', [x, g.float([1, 1, 5, 4]), g.float([4])], {
        ...window,
        fused_ops: texts('BiasAdd', 'Tanh'),
      }),
    'it fuses Tanh',
  ],
  'a fused operation that does not say what it does with its bias': [
    (g, x) => g.node('_FusedConv2D', [x, g.float([1, 1, 5, 4]), g.float([4])], window),
    'it has 3 inputs instead of 2',
  ],
  'a fused batch norm': [
    (g, x) =>
      g.node('_FusedConv2D', [x, g.float([1, 1, 5, 4]), g.float([4])], {
        ...window,
        fused_ops: texts('FusedBatchNorm', 'Relu'),
      }),
    'it fuses FusedBatchNorm, Relu',
  ],
  'a LeakyRelu of which tfjs loses the slope': [
    (g, x) =>
      g.node('FusedDepthwiseConv2dNative', [x, g.float([3, 3, 5, 1]), g.float([5])], {
        ...window,
        fused_ops: texts('BiasAdd', 'LeakyRelu'),
        leakyrelu_alpha: float(0.3),
      }),
    'tfjs computes NaN',
  ],
  'a batch norm that trains': [
    (g, x) =>
      g.node('FusedBatchNormV3', [x, g.float([5]), g.float([5]), g.float([5]), g.float([5])], {
        is_training: flag(true),
      }),
    'as in training',
  ],
  'a batch norm of other channels': [
    (g, x) =>
      g.node('FusedBatchNormV3', [x, g.float([4]), g.float([4]), g.float([4]), g.float([4])]),
    '4 values for 5 channels',
  ],
  'a mean over the batch': [(g, x) => g.node('Mean', [x, g.integers(0)]), 'across the batch'],
  'an axis that is not there': [(g, x) => g.node('Mean', [x, g.integers(4)]), 'no axis 4'],
  'a Reshape across the batch': [
    (g, x) => g.node('Reshape', [x, g.integers(-1, 7)]),
    '315 values do not fit into [-1, 7]',
  ],
  'a Reshape that loses values': [
    (g, x) => g.node('Reshape', [x, g.integers(-1, 9, 7, 4)]),
    'do not fit into [-1, 9, 7, 4]',
  ],
  'a shape that is computed from pixels': [(g, x) => g.node('Reshape', [x, x]), 'no constant'],
  'a batch that is added to': [
    (g, x) => {
      const sizes = g.node('AddV2', [g.node('Shape', [x]), g.integers(1, 0, 0, 0)]);
      return g.node('Reshape', [x, sizes]);
    },
    'the size of the batch',
  ],
  'a Transpose of the batch': [
    (g, x) => g.node('Transpose', [x, g.integers(1, 0, 2, 3)]),
    'moves the batch',
  ],
  'an axis before the batch': [
    (g, x) => g.node('ExpandDims', [x, g.integer(0)]),
    'across the batch',
  ],
  'a part of the batch': [
    (g, x) => g.node('StridedSlice', [x, g.integers(1), g.integers(2), g.integers(1)], {}),
    'a part of the batch',
  ],
  'padding of the batch': [
    (g, x) => g.node('Pad', [x, g.table([1, 0], [0, 0], [0, 0], [0, 0])]),
    'pads the batch',
  ],
  'a mirror of two rows with the edge': [
    (g, x) =>
      g.node('MirrorPad', [x, g.table([0, 0], [2, 0], [0, 0], [0, 0])], {
        mode: text('SYMMETRIC'),
      }),
    'more than one row',
  ],
  'pixels that are not repeated': [
    (g, x) => g.node('ResizeNearestNeighbor', [x, g.integers(5, 14)]),
    'a whole number of times',
  ],
  'integers of floats': [
    (g, x) => g.node('Cast', [x], { SrcT: type('DT_FLOAT'), DstT: type('DT_INT32') }),
    'DT_INT32 of DT_FLOAT',
  ],
  'shapes that do not broadcast': [
    (g, x) => g.node('AddV2', [x, g.float([7])]),
    'do not broadcast',
  ],
  'a matrix product of a feature map': [
    (g, x) => g.node('MatMul', [x, g.float([5, 4])]),
    'not a matrix',
  ],
  'more constants than memory': [
    (g, x) => g.node('Mul', [x, g.node('Fill', [g.integers(100_000, 100_000), g.scalar(1)])]),
    'it makes 10000000000 constants',
  ],
  'more constants than memory, by broadcasting': [
    (g, x) => g.node('Mul', [x, g.node('AddV2', [g.float([5000, 1]), g.float([5000])])]),
    'it makes 25000000 constants',
  ],
  'more parts than there can be': [
    (g, x) => g.node('Split', [g.integer(3), x], { num_split: int(1e9) }),
    'does not split',
  ],
  'an input too few': [(g) => g.node('AddV2', [g.float([3])]), 'it has no input 1'],
};

describe('what cannot be written', () => {
  it.each(Object.entries(refusals))('%s', (_name, [build, reason]) => {
    const graph = new HandMadeGraph();
    const output = build(graph, graph.image([-1, 9, 7, 5]));
    // Something behind it, which is not to blame.
    graph.node('Relu', [output]);
    const error = errorOf(graph.file);
    expect(error.code).toBe('LAYER_UNSUPPORTED');
    expect(error.message).toContain(reason);
    expect(error.message).toContain('one operation');
  });

  it('is listed whole, each with its name, operation, attributes and reason', () => {
    const graph = new HandMadeGraph();
    const image = graph.image([-1, 9, 7, 5]);
    const loop = graph.node('While', [image], { parallel_iterations: int(10) }, 'head/loop');
    const top = graph.node('TopKV2', [graph.node('Relu', [loop])], {}, 'head/top');
    const argument = graph.node('ArgMax', [image, graph.integer(1)], {}, 'head/class');
    graph.node('Pack', [top, `${top}:1`, argument], {}, 'head/pack');
    const error = errorOf(graph.file);
    expect(error.message).toContain(
      'The exporter cannot write 4 operations: "head/loop" (While): control flow cannot be written; ' +
        '"head/top" (TopKV2): no converter for this operation; "head/class" (ArgMax): ',
    );
    expect(error.details).toMatchObject({
      layers: [
        { name: 'head/loop', className: 'While', config: { parallel_iterations: { i: '10' } } },
        { name: 'head/top', className: 'TopKV2', reason: 'no converter for this operation' },
        { name: 'head/class', className: 'ArgMax' },
        { name: 'head/pack', className: 'Pack' },
      ],
    });
  });

  it('is no matter where no output needs it', async () => {
    const graph = new HandMadeGraph();
    const image = graph.image([-1, 9, 7, 5]);
    const relu = graph.node('Relu', [image]);
    graph.node('NonMaxSuppressionV5', [image]);
    graph.nodes.push({ name: 'barrier', op: 'NoOp', input: [`^${relu}`], attr: {} });
    graph.signature = { outputs: { map: { name: `${relu}:0` } } };
    const open = await openGraph(graph.file);
    expect(open.graph.outputs.map(({ name }) => name)).toEqual(['map']);
    expect(open.graph.layers.map(({ name, className }) => [name, className])).toEqual([
      [image, 'Placeholder'],
      [relu, 'Relu'],
    ]);
    await open.session.close();
  });

  it('is a loop of the old kind, whose graph goes in a circle', () => {
    const graph = new HandMadeGraph();
    const image = graph.image([-1, 9, 7, 5]);
    graph.node('Enter', [image], {}, 'enter');
    graph.node('Merge', ['enter', 'next'], {}, 'merge');
    graph.node('Relu', ['merge'], {}, 'body');
    graph.node('NextIteration', ['body'], {}, 'next');
    graph.node('Exit', ['merge'], {}, 'exit');
    const error = errorOf(graph.file);
    expect(error.message).toMatch(/"enter" .*"next" .*"merge" .*"exit" /u);
  });
});
