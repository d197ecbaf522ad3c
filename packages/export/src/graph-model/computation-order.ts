import { tfjsModelInvalid } from '../tfjs-model-invalid.ts';
import type { GraphNode } from './graph-def.ts';

/**
 * The nodes that the outputs need, each behind its inputs. A loop of TensorFlow's control flow is a circle: it is cut,
 * and its operations are refused by their names.
 * @throws `RUN_INVALID` when an input names no node
 */
export function computationOrder(
  nodes: ReadonlyMap<string, GraphNode>,
  outputs: readonly string[],
): readonly GraphNode[] {
  const order: GraphNode[] = [];
  const seen = new Set<string>();
  // A list instead of recursion: a long graph must not end in a stack overflow.
  const open: { node: GraphNode; next: number }[] = [];
  const visit = (name: string, user: string): void => {
    if (seen.has(name)) return;
    const node = nodes.get(name);
    if (node === undefined) {
      throw tfjsModelInvalid(
        'model.json',
        `${user} reads "${name}", which the graph does not have`,
      );
    }
    seen.add(name);
    open.push({ node, next: 0 });
  };
  for (const output of outputs) {
    visit(output, 'an output');
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const input = top.node.inputs[top.next++];
      if (input !== undefined) visit(input.node, `"${top.node.name}"`);
      else order.push((open.pop() as typeof top).node);
    }
  }
  return order;
}
