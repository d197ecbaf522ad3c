import type { OnnxAttribute } from '@isometry/onnx';
import { describe, expect, it } from 'vitest';
import { intsAttribute } from '../attribute.ts';
import { GraphDraft } from '../graph-draft.ts';
import { foldPadding } from './fold-padding.ts';

interface PadSpec {
  readonly pads?: readonly number[];
  readonly fill?: number;
  readonly mode?: string;
}

const text = (name: string, value: string): OnnxAttribute => ({ name, type: 'string', value });
const POOL = [intsAttribute('kernel_shape', [3, 3]), text('auto_pad', 'VALID')];

/** An operator, a Pad by 1, 2, 0 and 3, and whatever takes it. */
function draftWithPad(
  { pads = [0, 0, 1, 2, 0, 0, 0, 3], fill, mode }: PadSpec = {},
  before = 'Sigmoid',
): GraphDraft {
  const draft = new GraphDraft(['image']);
  draft.add(before, { name: 'before', inputs: ['image'] });
  const inputs = ['before', draft.integersOf('pads', pads)];
  if (fill !== undefined) inputs.push(draft.float('fill', [], Float32Array.of(fill)));
  const attributes = mode === undefined ? [] : [text('mode', mode)];
  draft.add('Pad', { name: 'pad', inputs, attributes });
  return draft;
}

function convolve(
  draft: GraphDraft,
  name: string,
  attributes: readonly OnnxAttribute[] = [],
): void {
  const kernel = draft.float('kernel', [1, 1, 1, 1], Float32Array.of(2));
  draft.add('Conv', { name, inputs: ['pad', kernel], attributes });
}

function operators(draft: GraphDraft): readonly string[] {
  return draft.nodes.map(({ opType }) => opType);
}

describe('a Pad', () => {
  it('goes into every convolution behind it, on top of what it pads itself', () => {
    const draft = draftWithPad();
    convolve(draft, 'a');
    convolve(draft, 'b', [intsAttribute('pads', [1, 1, 2, 2]), intsAttribute('strides', [2, 2])]);
    foldPadding(draft, []);
    expect(draft.nodes.slice(1).map(({ inputs }) => inputs[0])).toEqual(['before', 'before']);
    expect(draft.nodes.slice(1).map(({ attributes }) => attributes?.at(-1))).toEqual([
      intsAttribute('pads', [1, 2, 0, 3]),
      intsAttribute('pads', [2, 3, 2, 5]),
    ]);
    expect(draft.nodes[2]?.attributes?.[0]).toEqual(intsAttribute('strides', [2, 2]));
    expect(draft.integers.size).toBe(0);
  });

  it.each<[string, PadSpec]>([
    ['of another value', { fill: 1 }],
    ['of mirrored values', { mode: 'reflect' }],
    ['that cuts off', { pads: [0, 0, -1, 0, 0, 0, 0, 0] }],
    ['of channels', { pads: [0, 1, 0, 0, 0, 0, 0, 0] }],
    ['of another rank', { pads: [0, 0, 1, 0, 0, 1] }],
  ])('stays %s', (_what, spec) => {
    const draft = draftWithPad(spec);
    convolve(draft, 'a');
    foldPadding(draft, []);
    expect(operators(draft)).toEqual(['Sigmoid', 'Pad', 'Conv']);
  });

  it('stays where one that takes it is no convolution', () => {
    const draft = draftWithPad();
    convolve(draft, 'a');
    draft.add('AveragePool', { name: 'b', inputs: ['pad'], attributes: POOL });
    foldPadding(draft, []);
    expect(operators(draft)).toEqual(['Sigmoid', 'Pad', 'Conv', 'AveragePool']);
  });

  it('stays where it is an output or an operator pads by name', () => {
    const output = draftWithPad();
    convolve(output, 'a');
    foldPadding(output, ['pad']);
    expect(operators(output)).toContain('Pad');
    const named = draftWithPad();
    convolve(named, 'a', [text('auto_pad', 'SAME_UPPER')]);
    foldPadding(named, []);
    expect(operators(named)).toContain('Pad');
  });

  it('goes into MaxPool where zeros are no more than what it takes the maximum of', () => {
    const draft = draftWithPad({ pads: [0, 0, 1, 2, 0, 0, 2, 1] }, 'Relu');
    draft.add('MaxPool', { name: 'pool', inputs: ['pad'], attributes: POOL });
    foldPadding(draft, []);
    const [kernel] = POOL;
    const attributes = [kernel, intsAttribute('pads', [1, 2, 2, 1])];
    expect(draft.nodes.slice(1)).toMatchObject([{ opType: 'MaxPool', attributes }]);
  });

  it.each([
    ['Sigmoid', 'MaxPool', [0, 0, 1, 2, 0, 0, 2, 1]],
    ['Relu', 'AveragePool', [0, 0, 1, 2, 0, 0, 2, 1]],
    // A window that lies in the padding alone has no value of the map.
    ['Relu', 'MaxPool', [0, 0, 1, 2, 0, 0, 2, 3]],
  ])('stays behind %s, before %s and with %j', (before, pool, pads) => {
    const draft = draftWithPad({ pads }, before);
    draft.add(pool, { name: 'pool', inputs: ['pad'], attributes: POOL });
    foldPadding(draft, []);
    expect(operators(draft)).toEqual([before, 'Pad', pool]);
  });
});
