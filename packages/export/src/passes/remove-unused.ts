import type { GraphDraft } from '../graph-draft.ts';

/** Removes nodes that lead to no output. */
export function removeUnused(draft: GraphDraft, outputs: readonly string[]): void {
  const needed = new Set(outputs);
  for (const node of draft.nodes.toReversed()) {
    if (!node.outputs.some((value) => needed.has(value))) draft.replace(node);
    else for (const value of node.inputs) needed.add(value);
  }
}
