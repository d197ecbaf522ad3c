import { readInts } from '../attribute.ts';
import type { GraphDraft } from '../graph-draft.ts';

/** Moves a Pad with zeros into the `pads` of the convolutions behind it. */
export function foldPadding(draft: GraphDraft): void {
  for (const pad of draft.nodes.filter((node) => node.opType === 'Pad')) {
    const [input, padsName = ''] = pad.inputs;
    const [output = ''] = pad.outputs;
    const pads = draft.integers.get(padsName);
    const consumers = draft.consumers(output);
    if (pads === undefined || input === undefined || consumers.length === 0) continue;
    if (consumers.some((node) => node.opType !== 'Conv')) continue;
    // NCHW: [batch, channel, top, left, batch, channel, bottom, right].
    const edges = [...pads.slice(2, 4), ...pads.slice(6, 8)];
    draft.nodes = draft.nodes.flatMap((node) => {
      if (node === pad) return [];
      if (!consumers.includes(node)) return [node];
      const own = readInts(node.attributes, 'pads') ?? [0, 0, 0, 0];
      const sum = own.map((value, index) => value + (edges[index] ?? 0));
      const others = (node.attributes ?? []).filter(({ name }) => name !== 'pads');
      return [
        {
          ...node,
          inputs: node.inputs.map((name) => (name === output ? input : name)),
          attributes: [...others, { name: 'pads', type: 'ints', value: sum }],
        },
      ];
    });
  }
}
