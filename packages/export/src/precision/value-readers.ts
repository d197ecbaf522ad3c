import type { OnnxGraph, OnnxNode } from '@isometry/onnx';

/** The nodes that read each value, in the order of the graph. */
export function valueReaders({ nodes }: OnnxGraph): ReadonlyMap<string, readonly OnnxNode[]> {
  const readers = new Map<string, OnnxNode[]>();
  for (const node of nodes) {
    for (const input of new Set(node.inputs)) {
      const list = readers.get(input);
      if (list === undefined) readers.set(input, [node]);
      else list.push(node);
    }
  }
  return readers;
}
