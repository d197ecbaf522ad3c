import type { OnnxGraph, OnnxNode, OnnxTensor } from '@isometry/onnx';
import { innerGraphs } from './captured-values.ts';
import { toFloat16Bits } from './float16.ts';
import { floatValues } from './float-values.ts';
import { HALF_OPERATORS, type HalfOperator } from './half-operators.ts';

/** Which nodes run in float16. */
export function halfNodes(
  graph: OnnxGraph,
  constants: ReadonlyMap<string, OnnxTensor>,
  keepFloat: ReadonlySet<string>,
): ReadonlySet<OnnxNode> {
  const half = new Set<OnnxNode>();
  const values = new Set<string>();
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const read = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  for (const node of graph.nodes) {
    const operator = HALF_OPERATORS[node.opType];
    if (operator === undefined || !isStandard(node) || keepFloat.has(node.name)) continue;
    const typed = node.inputs.filter(
      (input, index) => input !== '' && isTyped(operator.typed, index),
    );
    if (!typed.every((input) => isHoldable(constants.get(input), operator))) continue;
    const variable = typed.filter((input) => !constants.has(input));
    if (operator.role === 'follows') {
      if (variable.length === 0 || !variable.every((input) => values.has(input))) continue;
      // An alias of an output would only be cast once more.
      if (node.outputs.every((output) => outputs.has(output) && !read.has(output))) continue;
    }
    half.add(node);
    for (const output of halfOutputs(node)) values.add(output);
  }
  return half;
}

/** The outputs of the type T: the mask of Dropout and the places of MaxPool are not. */
export function halfOutputs({ opType, outputs }: OnnxNode): readonly string[] {
  return opType === 'Split' ? outputs : outputs.slice(0, 1);
}

function isStandard(node: OnnxNode): boolean {
  return (node.domain ?? '') === '' && innerGraphs(node).length === 0;
}

/** Whether an input is of the type of the result. */
export function isTyped(typed: HalfOperator['typed'], index: number): boolean {
  return typed === 'all' || typed.includes(index);
}

/** Whether float16 holds a constant. A weight that is rounded to zero is lost in its sum; a bound or factor is not. */
function isHoldable(constant: OnnxTensor | undefined, { role }: HalfOperator): boolean {
  if (constant === undefined) return true;
  const values = floatValues(constant);
  const bits = toFloat16Bits(values);
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number;
    const magnitude = (bits[index] as number) & 0x7fff;
    if (magnitude === 0x7c00 && Number.isFinite(value)) return false;
    if (magnitude === 0 && value !== 0 && role === 'follows') return false;
  }
  return true;
}
