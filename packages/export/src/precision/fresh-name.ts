import type { OnnxGraph } from '@isometry/onnx';

/** Gives names that the graph does not have yet: the wanted one, or it with the first free number behind. */
export type FreshName = (wanted: string) => string;

/** Makes the source of new names of one graph, for its nodes and values alike. */
export function createFreshName(graph: OnnxGraph): FreshName {
  const taken = new Set<string>();
  for (const { name, inputs, outputs } of graph.nodes) {
    for (const one of [name, ...inputs, ...outputs]) taken.add(one);
  }
  for (const { name } of [...graph.initializers, ...graph.inputs, ...graph.outputs]) {
    taken.add(name);
  }
  return (wanted) => {
    let name = wanted;
    for (let count = 1; taken.has(name); count += 1) name = `${wanted}_${count}`;
    taken.add(name);
    return name;
  };
}
