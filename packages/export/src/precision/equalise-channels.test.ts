import { floatTensor, type OnnxModel, type OnnxNode, type OnnxTensor } from '@isometry/onnx';
import { describe, expect, it } from 'vitest';
import { addToHistogram, createHistogram } from './activation-histogram.ts';
import { equaliseChannels, findDepthwisePairs } from './equalise-channels.ts';
import { floatValues } from './float-values.ts';

const KERNEL = [1, -2, 3, 0.5, 0.25, -1];
const DEPTHWISE = [2, 4, 8];

function build(bound: OnnxNode, change: Partial<OnnxModel['graph']> = {}): OnnxModel {
  const value = (name: string) => ({ name, dataType: 'float32' as const });
  return {
    irVersion: 8,
    opsets: [{ domain: '', version: 17 }],
    metadata: new Map(),
    graph: {
      name: 'pair',
      inputs: [value('x')],
      outputs: [value('z')],
      nodes: [
        { name: 'first', opType: 'Conv', inputs: ['x', 'kernel', 'bias'], outputs: ['y'] },
        bound,
        {
          name: 'depthwise',
          opType: 'Conv',
          inputs: ['bounded', 'depthwise'],
          outputs: ['z'],
          attributes: [{ name: 'group', type: 'int', value: 3 }],
        },
      ],
      initializers: [
        floatTensor('kernel', [3, 2, 1, 1], KERNEL),
        floatTensor('bias', [3], [0.1, 0.2, 0.3]),
        floatTensor('depthwise', [3, 1, 1, 1], DEPTHWISE),
        floatTensor('zero', [], [0]),
        floatTensor('one', [], [1]),
        floatTensor('six', [], [6]),
      ],
      ...change,
    },
  };
}

const relu: OnnxNode = { name: 'relu', opType: 'Relu', inputs: ['y'], outputs: ['bounded'] };
const clip: OnnxNode = {
  name: 'clip',
  opType: 'Clip',
  inputs: ['y', 'zero', 'six'],
  outputs: ['bounded'],
};

function valuesOf({ graph }: OnnxModel, name: string): readonly number[] {
  return [...floatValues(graph.initializers.find((tensor) => tensor.name === name) as OnnxTensor)];
}

describe('making channels equally large', () => {
  it.for([relu, clip])('multiplies on one side and divides on the other: $opType', (bound) => {
    const model = build(bound);
    const histogram = createHistogram(3);
    // Largest values 6, 1.5 and one that is all but silent.
    addToHistogram(histogram, Float32Array.of(6, 3, 1.5, 0, 0.001, 0), [1, 3, 1, 2]);
    const pairs = findDepthwisePairs(model);
    expect(pairs.map(({ value }) => value)).toEqual(['bounded']);
    const equalised = equaliseChannels(model, pairs, {
      histograms: new Map([['bounded', histogram]]),
      digests: [],
    });
    const factors = [1, 4, 64];
    expect(valuesOf(equalised, 'depthwise')).toEqual(
      DEPTHWISE.map((weight, channel) => weight / (factors[channel] as number)),
    );
    expect(valuesOf(equalised, 'kernel')).toEqual(
      KERNEL.map((weight, index) => weight * (factors[index >> 1] as number)),
    );
    expect(valuesOf(equalised, 'bias')).toEqual(
      [0.1, 0.2, 0.3].map((value, channel) =>
        Math.fround(Math.fround(value) * (factors[channel] as number)),
      ),
    );
    expect(valuesOf(model, 'kernel')).toEqual(KERNEL);
  });

  it.for([
    {
      why: 'a bound below that is not zero',
      model: build({ ...clip, inputs: ['y', 'one', 'six'] }),
    },
    { why: 'a function that is no bound', model: build({ ...relu, opType: 'Sigmoid' }) },
    {
      why: 'a value that is also an output',
      model: build(relu, { outputs: [{ name: 'bounded', dataType: 'float32' }] }),
    },
    {
      why: 'a reader that is not depthwise',
      model: build(relu, {
        nodes: build(relu).graph.nodes.map((node) => ({ ...node, attributes: [] })),
        initializers: build(relu).graph.initializers.map((tensor) =>
          tensor.name === 'depthwise' ? floatTensor('depthwise', [1, 3, 1, 1], DEPTHWISE) : tensor,
        ),
      }),
    },
    {
      why: 'weights that another node has too',
      model: build(relu, {
        nodes: [
          ...build(relu).graph.nodes,
          { name: 'again', opType: 'Conv', inputs: ['x', 'kernel'], outputs: ['other'] },
        ],
      }),
    },
  ])('leaves alone: $why', ({ model }) => {
    expect(findDepthwisePairs(model)).toEqual([]);
  });
});
