import type { OnnxDimension, OnnxModel, OnnxValue } from '@isometry/onnx';

/** What an input or output of a graph is called, and what it is in the model that was converted. */
export interface ValueOfLayer {
  readonly name: string;
  readonly layer: string;
  /** As far as Keras knows them; the batch is `null`. */
  readonly dims: readonly (number | null)[];
}

/**
 * Calls the inputs and outputs as their layers, and the batch, for which tf2onnx makes up a symbol a value
 * (`unk__688`), `N`. A layer's name that another value has already is left to that. Sizes that tf2onnx did not find
 * are those of Keras.
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
  const known = new Map(values.map(({ name, dims }) => [name, dims]));
  const renamed = (value: OnnxValue): OnnxValue => {
    const own = known.get(value.name) ?? [];
    const { dims = own.map((): OnnxDimension => ({})) } = value;
    return {
      ...value,
      name: rename(value.name),
      ...(dims.length === 0 ? {} : { dims: dims.map((dim, axis) => sized(dim, axis, own[axis])) }),
    };
  };
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

function sized(dim: OnnxDimension, axis: number, known: number | null | undefined): OnnxDimension {
  const { size } = dim;
  if (typeof size === 'number' || (typeof size === 'string' && !size.startsWith('unk__')))
    return dim;
  if (axis === 0) return { size: 'N' };
  return typeof known === 'number' ? { size: known } : dim;
}
