import { describe, expect, it } from 'vitest';
import { floatAttribute, intAttribute } from '../attribute.ts';
import { GraphDraft } from '../graph-draft.ts';
import { foldBatchNormalization } from './fold-batch-normalization.ts';

const KERNEL = [1, 2, 3, 4, 5, 6];
const STATISTICS = { gamma: [2, 3], beta: [10, 20], mean: [1, 2], variance: [0.75, 3.75] };
/** With an epsilon of 0.25, the deviations are 1 and 2 and the factors 2 and 1.5. */
const EPSILON = 0.25;

function normalise(draft: GraphDraft, input: string): void {
  const constants = Object.entries(STATISTICS).map(([name, values]) =>
    draft.float(name, [2], Float32Array.from(values)),
  );
  const attributes = [floatAttribute('epsilon', EPSILON)];
  const inputs = [input, ...constants];
  draft.add('BatchNormalization', { name: 'normalised', inputs, attributes });
}

/** An operator of two outputs with a kernel of these dimensions, and a normalisation behind it. */
function draftWithProduct(
  opType: string,
  dims: readonly number[],
  options: {
    readonly bias?: readonly number[];
    readonly group?: number;
    readonly alpha?: number;
  } = {},
): GraphDraft {
  const draft = new GraphDraft(['image']);
  const inputs = ['image', draft.float('kernel', dims, Float32Array.from(KERNEL))];
  if (options.bias) {
    inputs.push(draft.float('bias', [options.bias.length], Float32Array.from(options.bias)));
  }
  const attributes = [
    ...(options.group === undefined ? [] : [intAttribute('group', options.group)]),
    ...(options.alpha === undefined ? [] : [floatAttribute('alpha', options.alpha)]),
  ];
  draft.add(opType, { name: 'product', inputs, attributes });
  normalise(draft, 'product');
  return draft;
}

function constantsOf(draft: GraphDraft): readonly (readonly number[])[] {
  const [node] = draft.nodes;
  return (node?.inputs.slice(1) ?? []).map((name) => [...(draft.floats.get(name)?.data ?? [])]);
}

describe('a BatchNormalization', () => {
  it.each([
    ['Conv', [2, 3, 1, 1], [2, 4, 6, 6, 7.5, 9]],
    ['ConvTranspose', [3, 2, 1, 1], [2, 3, 6, 6, 10, 9]],
    ['Gemm', [3, 2], [2, 3, 6, 6, 10, 9]],
  ])('goes into %s', (opType, dims, kernel) => {
    const draft = draftWithProduct(opType, dims);
    foldBatchNormalization(draft, ['normalised']);
    expect(draft.nodes).toMatchObject([{ name: 'product', opType, outputs: ['normalised'] }]);
    expect(constantsOf(draft)).toEqual([kernel, [8, 17]]);
    // What was folded is let go.
    expect([...draft.floats.keys()]).toEqual(['kernel/folded', 'product/bias/folded']);
  });

  it('takes the bias with it', () => {
    const draft = draftWithProduct('Conv', [2, 3, 1, 1], { bias: [100, 200] });
    foldBatchNormalization(draft, []);
    expect(constantsOf(draft)[1]).toEqual([208, 317]);
  });

  it('goes into groups whose outputs lie along the first axis', () => {
    const draft = draftWithProduct('Conv', [2, 1, 3, 1], { group: 2 });
    foldBatchNormalization(draft, []);
    expect(constantsOf(draft)[0]).toEqual([2, 4, 6, 6, 7.5, 9]);
  });

  it.each([
    ['an operator that is no product', draftWithProduct('MatMul', [3, 2])],
    ['a transposed convolution in groups', draftWithProduct('ConvTranspose', [3, 2], { group: 3 })],
    ['a scaled product', draftWithProduct('Gemm', [3, 2], { alpha: 2 })],
    ['a bias for all outputs at once', draftWithProduct('Gemm', [3, 2], { bias: [1] })],
    ['a kernel of other outputs', draftWithProduct('Conv', [3, 2, 1, 1])],
  ])('stays behind %s', (_what, draft) => {
    foldBatchNormalization(draft, []);
    expect(draft.nodes.map(({ name }) => name)).toEqual(['product', 'normalised']);
  });

  it('stays where the product is an output or has another use', () => {
    const output = draftWithProduct('Conv', [2, 3, 1, 1]);
    foldBatchNormalization(output, ['product']);
    expect(output.nodes).toHaveLength(2);
    const used = draftWithProduct('Conv', [2, 3, 1, 1]);
    used.add('Relu', { name: 'other', inputs: ['product'] });
    foldBatchNormalization(used, []);
    expect(used.nodes).toHaveLength(3);
  });

  it('leaves a kernel alone that another node uses', () => {
    const draft = draftWithProduct('Conv', [2, 3, 1, 1]);
    draft.add('Conv', { name: 'shared', inputs: ['image', 'kernel'] });
    foldBatchNormalization(draft, []);
    expect([...(draft.floats.get('kernel')?.data ?? [])]).toEqual(KERNEL);
    expect(draft.nodes.at(-1)?.inputs).toEqual(['image', 'kernel']);
  });
});
