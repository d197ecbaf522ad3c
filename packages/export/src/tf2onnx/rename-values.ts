import type { OnnxModel, OnnxValue } from '@isometry/onnx';

/** What an input or output of a graph is called, and what it is in the model that was converted. */
export interface ValueOfLayer {
  readonly name: string;
  readonly layer: string;
}

/**
 * Calls the inputs and outputs as their layers, and the batch, for which tf2onnx makes up a symbol a value
 * (`unk__688`), `N`. A layer's name that another value has already is left to that.
 */
export function renameValues(
  model: OnnxModel,
  values: readonly ValueOfLayer[],
): { readonly model: OnnxModel; readonly names: ReadonlyMap<string, string> } {
  const { graph } = model;
  const taken = new Set([
    ...graph.initializers.map(({ name }) => name),
    ...[...graph.inputs, ...graph.outputs].map(({ name }) => name),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ]);
  const names = new Map<string, string>();
  for (const { name, layer } of values) {
    if (taken.has(layer)) continue;
    taken.add(layer);
    names.set(name, layer);
  }
  const rename = (name: string): string => names.get(name) ?? name;
  const renamed = (value: OnnxValue): OnnxValue => ({
    ...value,
    name: rename(value.name),
    ...(value.dims === undefined
      ? {}
      : { dims: value.dims.map((dim, axis) => (axis === 0 && isMadeUp(dim.size) ? N : dim)) }),
  });
  return {
    names,
    model: {
      ...model,
      graph: {
        ...graph,
        nodes: graph.nodes.map((node) => ({
          ...node,
          inputs: node.inputs.map(rename),
          outputs: node.outputs.map(rename),
        })),
        inputs: graph.inputs.map(renamed),
        outputs: graph.outputs.map(renamed),
        ...(graph.valueInfo === undefined ? {} : { valueInfo: graph.valueInfo.map(renamed) }),
      },
    },
  };
}

const N = { size: 'N' };

function isMadeUp(size: number | string | undefined): boolean {
  return size === undefined || (typeof size === 'string' && size.startsWith('unk__'));
}
