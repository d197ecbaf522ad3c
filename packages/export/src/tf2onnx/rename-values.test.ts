import type { OnnxModel } from '@isometry/onnx';
import { describe, expect, it } from 'vitest';
import { renameValues } from './rename-values.ts';

function modelOf(nodeOutput: string): OnnxModel {
  const value = (name: string, ...sizes: (number | string)[]) => ({
    name,
    dataType: 'float32' as const,
    dims: sizes.map((size) => ({ size })),
  });
  const node = (inputs: string[], outputs: string[]) => ({
    opType: 'Relu',
    name: outputs[0] as string,
    inputs,
    outputs,
    attributes: [],
  });
  return {
    irVersion: 8,
    opsets: [{ domain: '', version: 17 }],
    metadata: new Map(),
    graph: {
      name: 'g',
      inputs: [value('input_0', 'unk__1', 3, 8, 8)],
      outputs: [value('output_0', 'unk__2', 3, 8, 8), value('output_1', 'unk__3', 'unk__4')],
      nodes: [
        node(['input_0'], [nodeOutput]),
        node([nodeOutput, ''], ['output_0']),
        node(['output_0'], ['output_1']),
      ],
      initializers: [],
    },
  };
}

const VALUES = [
  { name: 'input_0', layer: 'pixel_values', dims: [null, 3, 8, 8] },
  { name: 'output_0', layer: 'block/1,a', dims: [null, 3, 8, 9] },
  { name: 'output_1', layer: 'logits', dims: [null, 5] },
];

describe('renameValues', () => {
  it('calls values as their layers everywhere, the batch N, and sizes that are open as Keras knows them', () => {
    const { model, names } = renameValues(modelOf('x'), VALUES);
    const { graph } = model;
    expect(Object.fromEntries(names)).toEqual({
      input_0: 'pixel_values',
      output_0: 'block/1,a',
      output_1: 'logits',
    });
    expect(graph.nodes.map(({ inputs, outputs }) => [inputs, outputs])).toEqual([
      [['pixel_values'], ['x']],
      [['x', ''], ['block/1,a']],
      [['block/1,a'], ['logits']],
    ]);
    const dims = [...graph.inputs, ...graph.outputs].map((value) => [
      value.name,
      ...(value.dims ?? []).map(({ size }) => size),
    ]);
    expect(dims).toEqual([
      ['pixel_values', 'N', 3, 8, 8],
      ['block/1,a', 'N', 3, 8, 8],
      ['logits', 'N', 5],
    ]);
  });

  it('leaves a name to the value that has it', () => {
    const { model, names } = renameValues(modelOf('logits'), VALUES);
    expect(names.get('output_1')).toBeUndefined();
    expect(model.graph.outputs.map(({ name }) => name)).toEqual(['block/1,a', 'output_1']);
    expect(model.graph.nodes[0]?.outputs).toEqual(['logits']);
  });

  it('leaves open what nobody knows', () => {
    const open = VALUES.map((value) => ({ ...value, dims: [null, null] }));
    const { model } = renameValues(modelOf('x'), open);
    expect(model.graph.outputs[1]?.dims).toEqual([{ size: 'N' }, { size: 'unk__4' }]);
  });

  it('gives a name once', () => {
    const twice = VALUES.map((value) => ({ ...value, layer: 'same' }));
    const { names } = renameValues(modelOf('x'), twice);
    expect([...names]).toEqual([['input_0', 'same']]);
  });
});
