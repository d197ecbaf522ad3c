import type { OnnxAttribute, OnnxNode } from '@isometry/onnx';
import { readInts } from '../attribute.ts';
import type { GraphDraft } from '../graph-draft.ts';

/**
 * Moves a Pad with zeros into the `pads` of the convolutions behind it, and of a MaxPool where all it takes the maximum of
 * is 0 or more. `kept`: values that must stay, the outputs.
 */
export function foldPadding(draft: GraphDraft, kept: readonly string[]): void {
  const outputs = new Set(kept);
  for (const pad of draft.nodes.filter((node) => node.opType === 'Pad')) {
    const [input] = pad.inputs;
    const [output = ''] = pad.outputs;
    const edges = zeroEdges(draft, pad);
    const consumers = draft.consumers(output);
    if (edges === undefined || input === undefined || consumers.length === 0) continue;
    const takes = (node: OnnxNode): boolean =>
      node.inputs.indexOf(output) === 0 &&
      node.inputs.lastIndexOf(output) === 0 &&
      (takesZeros(node) || (takesLeast(node, edges) && isAtLeastZero(draft, input)));
    if (outputs.has(output) || !consumers.every(takes)) continue;
    for (const node of consumers) draft.replace(node, withPads(node, input, edges));
    draft.replace(pad);
  }
}

/** Top, left, bottom and right of a Pad that puts zeros around a feature map and does nothing else. */
function zeroEdges(draft: GraphDraft, pad: OnnxNode): readonly number[] | undefined {
  const [, padsName = '', fill = ''] = pad.inputs;
  const mode = textOf(pad.attributes, 'mode') ?? 'constant';
  const pads = draft.integers.get(padsName);
  const isZero = fill === '' || draft.floats.get(fill)?.data.every((value) => value === 0);
  if (mode !== 'constant' || isZero !== true || pads?.length !== 8) return undefined;
  // NCHW: [batch, channel, top, left, batch, channel, bottom, right]; less than 0 would cut off.
  const others = [...pads.slice(0, 2), ...pads.slice(4, 6)];
  const edges = [...pads.slice(2, 4), ...pads.slice(6, 8)];
  return others.every((edge) => edge === 0) && edges.every((edge) => edge >= 0) ? edges : undefined;
}

/** A convolution's padding is zeros. */
function takesZeros({ opType, attributes }: OnnxNode): boolean {
  return opType === 'Conv' && (textOf(attributes, 'auto_pad') ?? 'NOTSET') === 'NOTSET';
}

/** What MaxPool pads is less than anything else; so are zeros when every window has a value of 0 or more. */
function takesLeast({ opType, attributes }: OnnxNode, edges: readonly number[]): boolean {
  if (opType !== 'MaxPool' || textOf(attributes, 'auto_pad') !== 'VALID') return false;
  const [rows = 0, columns = 0] = readInts(attributes, 'kernel_shape') ?? [];
  return edges.every((edge, index) => edge < (index % 2 === 0 ? rows : columns));
}

function isAtLeastZero(draft: GraphDraft, value: string): boolean {
  const node = draft.producer(value);
  const least = draft.floats.get(node?.inputs[1] ?? '')?.data[0] ?? Number.NaN;
  return node?.opType === 'Relu' || (node?.opType === 'Clip' && least >= 0);
}

function withPads(node: OnnxNode, input: string, edges: readonly number[]): OnnxNode {
  const own = readInts(node.attributes, 'pads') ?? [0, 0, 0, 0];
  const value = own.map((edge, index) => edge + (edges[index] as number));
  const others = (node.attributes ?? []).filter(
    ({ name }) => name !== 'pads' && name !== 'auto_pad',
  );
  return {
    ...node,
    inputs: [input, ...node.inputs.slice(1)],
    attributes: [...others, { name: 'pads', type: 'ints', value }],
  };
}

function textOf(
  attributes: readonly OnnxAttribute[] | undefined,
  name: string,
): string | undefined {
  const found = attributes?.find((attribute) => attribute.name === name);
  return found?.type === 'string' ? found.value : undefined;
}
