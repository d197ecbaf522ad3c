import type { OnnxAttribute } from '@isometry/onnx';

export function intAttribute(name: string, value: number): OnnxAttribute {
  return { name, type: 'int', value };
}

export function intsAttribute(name: string, value: readonly number[]): OnnxAttribute {
  return { name, type: 'ints', value };
}

export function floatAttribute(name: string, value: number): OnnxAttribute {
  return { name, type: 'float', value };
}

/** The integers of a node's attribute, or undefined when it has none of this name. */
export function readInts(
  attributes: readonly OnnxAttribute[] | undefined,
  name: string,
): readonly number[] | undefined {
  const found = attributes?.find((attribute) => attribute.name === name);
  return found?.type === 'ints' ? found.value : undefined;
}
