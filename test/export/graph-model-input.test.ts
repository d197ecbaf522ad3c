import { convertGraphModel, type TfjsModelFile } from '@isometry/export';
import { describe, expect, it } from 'vitest';
import { errorOf } from './graph-model-error.ts';
import { differenceFromTfjs, HandMadeGraph, openGraph, shape, text, type } from './graph-model.ts';

/** A graph of one Relu. */
function reluOf(sizes: readonly number[]): HandMadeGraph {
  const graph = new HandMadeGraph();
  graph.node('Relu', [graph.image(sizes)]);
  return graph;
}

describe('the input', () => {
  it('of any size takes the one that is said', async () => {
    const graph = reluOf([-1, -1, -1, 3]);
    expect(errorOf(graph.file).code).toBe('OPTION_INVALID');
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
    expect(error.code).toBe('OPTION_INVALID');
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
