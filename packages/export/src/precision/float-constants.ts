import type { OnnxGraph, OnnxTensor } from '@isometry/onnx';

/** Float32 constants by name: initializers (unless a caller may feed another value), and what `Constant` nodes hold. */
export function floatConstants({
  nodes,
  initializers,
  inputs,
}: OnnxGraph): ReadonlyMap<string, OnnxTensor> {
  const fed = new Set(inputs.map(({ name }) => name));
  const held = nodes.flatMap(({ opType, attributes = [], outputs }) => {
    const [attribute] = attributes;
    if (opType !== 'Constant' || attribute?.type !== 'tensor') return [];
    return [{ ...attribute.value, name: outputs[0] as string }];
  });
  return new Map(
    [...initializers, ...held]
      .filter(({ name, dataType }) => dataType === 'float32' && !fed.has(name))
      .map((tensor) => [tensor.name, tensor]),
  );
}
