import type { OnnxNode } from '@isometry/onnx';
import { describe, expect, it } from 'vitest';
import { GraphDraft } from './graph-draft.ts';
import { isL2Normalised } from './is-l2-normalised.ts';
import { mergeConstants } from './passes/merge-constants.ts';
import { removeUnused } from './passes/remove-unused.ts';

function names(nodes: readonly OnnxNode[]): readonly string[] {
  return nodes.map(({ name, inputs, outputs }) => `${name}(${inputs.join()})=${outputs.join()}`);
}

const values = (count: number, seed: number): Float32Array =>
  Float32Array.from({ length: count }, (_, index) => Math.fround(Math.sin(index + seed)));

describe('GraphDraft', () => {
  it('gives every node and value a name of its own, and keeps the reserved ones free', () => {
    const draft = new GraphDraft(['logits']);
    expect(draft.add('Relu', { name: 'logits', inputs: ['x'] })).toBe('logits_1');
    expect(draft.add('Relu', { name: 'logits', inputs: ['x'] })).toBe('logits_2');
    expect(draft.float('logits_1', [], values(1, 0))).toBe('logits_1_1');
    expect(draft.addNode('Split', { name: 's', inputs: ['x'] }, 3)).toEqual(['s', 's:1', 's:2']);
    expect(names(draft.nodes)).toEqual([
      'logits(x)=logits_1',
      'logits_1(x)=logits_2',
      's(x)=s,s:1,s:2',
    ]);
  });

  it('finds, renames, redirects, replaces and removes', () => {
    const draft = new GraphDraft([]);
    const kernel = draft.float('k', [64], values(64, 1));
    const a = draft.add('Conv', { name: 'a', inputs: ['x', kernel] });
    const b = draft.add('Relu', { name: 'b', inputs: [a] });
    draft.add('Add', { name: 'c', inputs: [a, b, a] });
    expect(names(draft.consumers(a))).toEqual(['b(a)=b', 'c(a,b,a)=c']);
    expect(draft.renameOutput(a, 'out')).toBe(true);
    expect(draft.renameOutput('x', 'y')).toBe(false);
    draft.redirect(b, 'other');
    expect(names(draft.nodes)).toEqual(['a(x,k)=out', 'b(out)=b', 'c(out,other,out)=c']);
    expect([draft.producer(a), draft.producer('out')?.name]).toEqual([undefined, 'a']);
    const node = draft.producer('b') as OnnxNode;
    draft.replace(node, { ...node, opType: 'Sigmoid' });
    draft.replace(draft.producer('out') as OnnxNode);
    expect(names(draft.nodes)).toEqual(['b(out)=b', 'c(out,other,out)=c']);
    expect(draft.floats.has('k')).toBe(false);
    // The name of a node that is gone may be taken again, its value's may not.
    draft.add('Conv', { name: 'a', inputs: ['x'] });
    expect(names(draft.nodes).at(-1)).toBe('a(x)=a_1');
  });

  it('writes the constants that nodes use, each once, without copying floats', () => {
    const draft = new GraphDraft([]);
    const data = values(3, 1);
    draft.float('unused', [], values(1, 0));
    const constants = [draft.float('f', [3], data), draft.integersOf('i', [-1, 2])];
    constants.push(
      draft.tensor({ name: 'f', dataType: 'bool', dims: [1], data: Uint8Array.of(1) }),
    );
    draft.add('Op', { name: 'n', inputs: ['x', '', ...constants, 'f'] });
    const written = draft.initializers();
    expect(written.map(({ name, dataType, dims }) => [name, dataType, dims])).toEqual([
      ['f', 'float32', [3]],
      ['i', 'int64', [2]],
      ['f_1', 'bool', [1]],
    ]);
    expect(written[0]?.data.buffer).toBe(data.buffer);
  });

  it('takes time by the number of nodes, not by its square', () => {
    const draft = new GraphDraft([]);
    // By their square, 30,000 nodes are 9e8 steps for each of the three loops: 20 seconds and more.
    for (let index = 0; index < 30_000; index++) draft.add('Relu', { name: 'same', inputs: ['x'] });
    for (const node of draft.nodes)
      draft.renameOutput(node.outputs[0] as string, `${node.outputs[0]}!`);
    for (const node of draft.nodes)
      if (draft.consumers(node.outputs[0] as string).length === 0) draft.replace(node);
    expect(draft.nodes).toEqual([]);
  }, 10_000);
});

describe('mergeConstants', () => {
  it('keeps one of equal constants and leaves those apart that only look alike', () => {
    const draft = new GraphDraft([]);
    const add = (name: string, dims: readonly number[], data: Float32Array): void => {
      draft.add('Op', { name, inputs: ['x', draft.float(`${name}/w`, dims, data)] });
    };
    const nan = values(64, 1).fill(Number.NaN, 0, 1);
    const minusZero = values(64, 1).fill(-0, 0, 1);
    const zero = values(64, 1).fill(0, 0, 1);
    add('a', [64], values(64, 1));
    add('b', [8, 8], values(64, 1));
    add('c', [64], values(64, 2));
    add('d', [64], values(64, 1));
    add('e', [63], values(63, 1));
    add('f', [63], values(63, 1));
    add('g', [64], nan);
    add('h', [64], nan.slice());
    add('i', [64], zero);
    add('j', [64], minusZero);
    mergeConstants(draft);
    const used = Object.fromEntries(draft.nodes.map(({ name, inputs }) => [name, inputs[1]]));
    expect(used).toEqual({
      ...Object.fromEntries(
        ['a', 'b', 'c', 'e', 'f', 'g', 'i', 'j'].map((name) => [name, `${name}/w`]),
      ),
      d: 'a/w',
      h: 'g/w',
    });
    expect(draft.floats.size).toBe(8);
  });
});

describe('removeUnused', () => {
  it('removes what leads to no output, with its constants', () => {
    const draft = new GraphDraft([]);
    const a = draft.add('Relu', { name: 'a', inputs: ['x'] });
    const b = draft.add('Mul', { name: 'b', inputs: [a, draft.float('w', [], values(1, 0))] });
    draft.add('Relu', { name: 'dead', inputs: [b] });
    draft.add('Relu', { name: 'out', inputs: [a] });
    removeUnused(draft, ['out']);
    expect(names(draft.nodes)).toEqual(['a(x)=a', 'out(a)=out']);
    expect(draft.floats.size).toBe(0);
  });
});

describe('isL2Normalised', () => {
  type Step = readonly [opType: string, ...inputs: string[]];
  function last(...steps: readonly Step[]): boolean {
    const draft = new GraphDraft([]);
    draft.float('c', [], values(1, 1));
    let value = draft.add('Relu', { name: 'x', inputs: ['image'] });
    for (const [index, [opType, ...inputs]] of steps.entries()) {
      value = draft.add(opType, { name: `${index}`, inputs });
    }
    return isL2Normalised(draft, value);
  }
  const squares: readonly Step[] = [
    ['Mul', 'x', 'x'],
    ['ReduceSum', '0', 'c'],
  ];

  it.each<[string, readonly Step[]]>([
    [
      'x / clip(norm)',
      [
        ['ReduceL2', 'x'],
        ['Clip', '0', 'c'],
        ['Div', 'x', '1'],
      ],
    ],
    [
      'x / max(c, norm), and on',
      [
        ['ReduceL2', 'x'],
        ['Max', 'c', '0'],
        ['Div', 'x', '1'],
        ['Identity', '2'],
      ],
    ],
    ['x / sqrt(sum of squares)', [...squares, ['Sqrt', '1'], ['Div', 'x', '2']]],
    [
      'x * rsqrt(max(sum of squares))',
      [...squares, ['Max', '1', 'c'], ['Sqrt', '2'], ['Reciprocal', '3'], ['Mul', '4', 'x']],
    ],
    [
      'x / sqrt(sum of x²)',
      [
        ['Pow', 'x', 'c'],
        ['ReduceSum', '0'],
        ['Sqrt', '1'],
        ['Div', 'x', '2'],
      ],
    ],
    [
      'x / sqrt(sum of squares + c)',
      [
        ['ReduceSumSquare', 'x'],
        ['Add', '0', 'c'],
        ['Sqrt', '1'],
        ['Div', 'x', '2'],
      ],
    ],
    ['LpNormalization', [['LpNormalization', 'x']]],
  ])('sees it: %s', (_name, steps) => {
    expect(last(...steps)).toBe(true);
  });

  it.each<[string, readonly Step[]]>([
    ['nothing', []],
    ['x / c', [['Div', 'x', 'c']]],
    [
      'x * y',
      [
        ['Relu', 'x'],
        ['Mul', 'x', '0'],
      ],
    ],
    [
      'the norm of something else',
      [
        ['Relu', 'x'],
        ['ReduceL2', '0'],
        ['Div', 'x', '1'],
      ],
    ],
    [
      'x / sum of x',
      [
        ['ReduceSum', 'x'],
        ['Div', 'x', '0'],
      ],
    ],
    [
      'norm / x',
      [
        ['ReduceL2', 'x'],
        ['Div', '0', 'x'],
      ],
    ],
    [
      'normalised and then changed',
      [
        ['ReduceL2', 'x'],
        ['Div', 'x', '0'],
        ['Relu', '1'],
      ],
    ],
  ])('does not: %s', (_name, steps) => {
    expect(last(...steps)).toBe(false);
  });
});
