import type { OnnxGraph, OnnxNode } from '@isometry/onnx';

/** The graphs inside a node: the branches of `If`, the body of `Loop`. */
export function innerGraphs(node: OnnxNode): readonly OnnxGraph[] {
  return (node.attributes ?? []).flatMap((attribute) => {
    if (attribute.type === 'graph') return [attribute.value];
    return attribute.type === 'graphs' ? attribute.value : [];
  });
}

/** The names that a node's inner graphs use: they may be values of the outer graph, of the same name and type. */
export function capturedValues(nodes: readonly OnnxNode[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const inner of nodes.flatMap(innerGraphs)) {
    for (const node of inner.nodes) for (const input of node.inputs) names.add(input);
    for (const output of inner.outputs) names.add(output.name);
    for (const name of capturedValues(inner.nodes)) names.add(name);
  }
  return names;
}
