import { isIsometryError, type IsometryError } from '@isometry/core';
import { convertGraphModel, type TfjsModelFile } from '@isometry/export';
import { describe, expect, it } from 'vitest';
import {
  differenceFromTfjs,
  flag,
  float,
  HandMadeGraph,
  int,
  ints,
  openGraph,
  shape,
  text,
  texts,
  type,
} from './graph-model.ts';

const window = {
  strides: ints(1, 1, 1, 1),
  padding: text('SAME'),
  dilations: ints(1, 1, 1, 1),
};

function errorOf(
  file: TfjsModelFile,
  options?: Parameters<typeof convertGraphModel>[1],
): IsometryError {
  try {
    convertGraphModel(file, options);
  } catch (error) {
    if (isIsometryError(error)) return error;
    throw error;
  }
  throw new TypeError('It was converted.');
}

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

/** A graph of one Relu. */
function reluOf(sizes: readonly number[]): HandMadeGraph {
  const graph = new HandMadeGraph();
  graph.node('Relu', [graph.image(sizes)]);
  return graph;
}

describe('the input', () => {
  it('of any size takes the one that is said', async () => {
    const graph = reluOf([-1, -1, -1, 3]);
    expect(errorOf(graph.file).code).toBe('RUN_INVALID');
    expect(errorOf(graph.file).message).toContain('images of any size');
    const open = await openGraph(graph.file, { inputSize: { height: 6, width: 4 } });
    expect(open.graph.inputs[0]?.value).toEqual({ name: 'pixel_values', shape: [6, 4, 3] });
    expect(await differenceFromTfjs(graph.file, open)).toBe(0);
    await open.session.close();
  });

  it('of a fixed size takes no other', () => {
    const graph = reluOf([-1, 6, 4, 3]);
    expect(
      convertGraphModel(graph.file, { inputSize: { height: 6, width: 4 } }).inputs,
    ).toHaveLength(1);
    const error = errorOf(graph.file, { inputSize: { height: 4, width: 6 } });
    expect(error.code).toBe('RUN_INVALID');
    expect(error.message).toContain('images of 4 x 6 pixels, not 6 x 4');
  });

  it('that was frozen for one image takes any number of them', async () => {
    const graph = new HandMadeGraph();
    const image = graph.image([1, 6, 4, 3]);
    const flat = graph.node('Reshape', [image, graph.integers(1, 72)]);
    graph.node('MatMul', [flat, graph.float([72, 5])]);
    const open = await openGraph(graph.file);
    expect(await differenceFromTfjs(graph.file, open, { batch: 1 })).toBeLessThan(1e-6);
    const { outputs } = open.graph;
    const data = new Float32Array(3 * 72);
    const dims = [3, 3, 6, 4];
    const name = outputs[0]?.value.name ?? '';
    const answer = await open.session.run({ pixel_values: { data, dims } }, [name]);
    expect(answer[name]?.dims).toEqual([3, 5]);
    await open.session.close();
  });

  it('of eight images at a time is refused', () => {
    expect(errorOf(reluOf([8, 6, 4, 3]).file).message).toContain('8 images at a time');
  });

  it('of bytes is refused', () => {
    const graph = new HandMadeGraph();
    const attributes = { dtype: type('DT_UINT8'), shape: shape(-1, 6, 4, 3) };
    graph.node('Cast', [graph.node('Placeholder', [], attributes)]);
    expect(errorOf(graph.file).message).toContain('DT_UINT8 instead of floating-point');
  });

  it('without a shape takes that of the signature', () => {
    const graph = new HandMadeGraph();
    const image = graph.node('Placeholder', [], {
      dtype: type('DT_FLOAT'),
      shape: { shape: { unknownRank: true } },
    });
    const relu = graph.node('Relu', [image]);
    const tensorShape = { dim: [{ size: '-1' }, { size: '6' }, { size: 4 }, { size: '3' }] };
    graph.signature = {
      inputs: { photo: { name: `${image}:0`, tensorShape } },
      outputs: { map: { name: relu } },
    };
    expect(convertGraphModel(graph.file).inputs).toEqual([
      { name: 'photo', value: { name: 'pixel_values', shape: [6, 4, 3] } },
    ]);
  });
});

const invalid: Readonly<Record<string, readonly [() => TfjsModelFile, string]>> = {
  'no graph': [() => ({ ...reluOf([-1, 6, 4, 3]).file, topology: { node: 'Relu' } }), 'at "node"'],
  'a node without a name': [
    () => ({ ...reluOf([-1, 6, 4, 3]).file, topology: { node: [{ op: 'Relu' }] } }),
    'at "node.0.name"',
  ],
  'no output': [() => ({ ...reluOf([-1, 6, 4, 3]).file, topology: { node: [] } }), 'no output'],
  'a signature that is none': [
    () => ({ ...reluOf([-1, 6, 4, 3]).file, signature: { outputs: [1] } }),
    'its signature',
  ],
  'an output that is not there': [
    () => ({ ...reluOf([-1, 6, 4, 3]).file, signature: { outputs: { y: { name: 'y:0' } } } }),
    'reads "y"',
  ],
  'an output that a node does not have': [
    () => {
      const graph = reluOf([-1, 6, 4, 3]);
      return {
        ...graph.file,
        signature: { outputs: { y: { name: `${graph.nodes[1]?.name}:7` } } },
      };
    },
    '"y" is no tensor',
  ],
  'two nodes of one name': [
    () => {
      const graph = reluOf([-1, 6, 4, 3]);
      graph.node('Tanh', ['image'], {}, 'image');
      return graph.file;
    },
    'two operations are named "image"',
  ],
  'an input that is not there': [
    () => {
      const graph = new HandMadeGraph();
      graph.node('Relu', ['nothing']);
      return graph.file;
    },
    'reads "nothing"',
  ],
  'a weight that is not there': [
    () => {
      const graph = reluOf([-1, 6, 4, 3]);
      graph.node('AddV2', ['image', graph.float([3])]);
      graph.weights.clear();
      return graph.file;
    },
    'lists no weight',
  ],
  'a weight that is too short': [
    () => {
      const graph = reluOf([-1, 6, 4, 3]);
      const name = graph.float([3]);
      graph.node('AddV2', ['image', name]);
      graph.weights.set(name, { shape: [3], dtype: 'float32', data: new Float32Array(2) });
      return graph.file;
    },
    '2 values for shape [3]',
  ],
  'an output that no image changes': [
    () => {
      const graph = reluOf([-1, 6, 4, 3]);
      graph.node('Exp', [graph.float([3])]);
      return graph.file;
    },
    'does not depend on the image',
  ],
  'operations that wait for each other': [
    () => {
      const graph = reluOf([-1, 6, 4, 3]);
      graph.node('AddV2', ['image', 'b'], {}, 'a');
      graph.node('AddV2', ['image', 'a'], {}, 'b');
      return { ...graph.file, signature: { outputs: { y: { name: 'a' } } } };
    },
    'no tensor that the graph computes',
  ],
};

describe('a broken graph', () => {
  it.each(Object.entries(invalid))('with %s is RUN_INVALID', (_name, [file, message]) => {
    const error = errorOf(file());
    expect(error.code).toBe('RUN_INVALID');
    expect(error.message).toContain(message);
  });

  it('of 50,000 operations in a row is no stack overflow', () => {
    const graph = new HandMadeGraph();
    let last = graph.image([-1, 6, 4, 3]);
    for (let step = 0; step < 50_000; step++) last = graph.node('Identity', [last]);
    expect(convertGraphModel(graph.file).outputs[0]?.name).toBe(last);
  });

  it('with names of the prototype is like any other', async () => {
    const graph = new HandMadeGraph();
    const image = graph.image([-1, 6, 4, 3], '__proto__');
    graph.node('Relu', [image], { constructor: text('x') }, 'constructor');
    const open = await openGraph(graph.file);
    expect(open.graph.layers.map(({ name }) => name)).toEqual(['__proto__', 'constructor']);
    await open.session.close();
  });
});
