import type { OnnxNode } from '@isometry/onnx';
import type { GraphDraft } from './graph-draft.ts';

/** What may lie between a norm and the division by it: bounds, roots, reciprocals. */
const BETWEEN: ReadonlySet<string> = new Set([
  'Add',
  'Clip',
  'Div',
  'Expand',
  'Identity',
  'Max',
  'Pow',
  'Reciprocal',
  'Reshape',
  'Sqrt',
]);

/** Whether a value is a vector divided by its own L2 norm, however the graph spells that. */
export function isL2Normalised(draft: GraphDraft, value: string): boolean {
  let node = draft.producer(value);
  while (node?.opType === 'Identity') node = draft.producer(node.inputs[0] ?? '');
  if (node?.opType === 'LpNormalization') return true;
  if (node?.opType !== 'Div' && node?.opType !== 'Mul') return false;
  const [a = '', b = ''] = node.inputs;
  return isNormOf(draft, b, a) || (node.opType === 'Mul' && isNormOf(draft, a, b));
}

function isNormOf(draft: GraphDraft, value: string, vector: string): boolean {
  let node: OnnxNode | undefined = draft.producer(value);
  while (node !== undefined && BETWEEN.has(node.opType)) {
    const made = node.inputs.find((name) => draft.producer(name) !== undefined);
    node = made === undefined ? undefined : draft.producer(made);
  }
  const [reduced = ''] = node?.inputs ?? [];
  if (node?.opType === 'ReduceL2' || node?.opType === 'ReduceSumSquare') return reduced === vector;
  if (node?.opType !== 'ReduceSum') return false;
  const squared = draft.producer(reduced);
  return (
    squared?.inputs[0] === vector && (squared.opType === 'Pow' || squared.inputs[1] === vector)
  );
}
