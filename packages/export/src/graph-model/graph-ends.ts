import * as z from 'zod';
import { tfjsModelInvalid } from '../tfjs-model-invalid.ts';
import { parseNodeOutput, type GraphNode, type NodeOutput } from './graph-def.ts';
import { parseShape, shapeOf } from './node-attributes.ts';

/** An input of the graph. */
export interface GraphInput {
  /** The signature's key, else the node's name. */
  readonly name: string;
  readonly node: GraphNode;
  /** With the batch, -1 for what is not fixed; undefined when not even the rank is. */
  readonly shape: readonly number[] | undefined;
}

/** An output of the graph. */
export interface GraphOutput {
  /** The signature's key, else the node's name. */
  readonly name: string;
  readonly from: NodeOutput;
}

const entries = z.nullish(
  z.record(
    z.string(),
    z.object({ name: z.nullish(z.string()), tensorShape: z.nullish(z.unknown()) }),
  ),
);
const schema = z.nullish(z.object({ inputs: entries, outputs: entries }));

/**
 * Finds where images go in and answers come out: the signature says so; without one, as for models from before 2019,
 * every placeholder and every node that no other reads.
 * @throws `RUN_INVALID`
 */
export function findGraphEnds(
  nodes: ReadonlyMap<string, GraphNode>,
  signature: unknown,
): { inputs: readonly GraphInput[]; outputs: readonly GraphOutput[] } {
  const result = z.safeParse(schema, signature);
  if (!result.success)
    throw tfjsModelInvalid('model.json', 'its signature cannot be read', result.error);
  const outputs = named(result.data?.outputs).map(([name, tensor]) => ({
    name,
    from: parseNodeOutput(tensor),
  }));
  const keys = new Map(
    named(result.data?.inputs).map(([key, tensor, shape]) => [
      parseNodeOutput(tensor).node,
      { key, shape },
    ]),
  );
  const inputs = [...nodes.values()]
    .filter(({ op }) => op === 'Placeholder')
    .map((node): GraphInput => {
      const known = keys.get(node.name);
      const shape = shapeOf(node, 'shape') ?? parseShape(known?.shape);
      return { name: known?.key ?? node.name, node, shape };
    });
  return { inputs, outputs: outputs.length > 0 ? outputs : loneEnds(nodes) };
}

/** Key, tensor and shape of each entry. */
function named(list: z.infer<typeof entries>): readonly [string, string, unknown][] {
  return Object.entries(list ?? {}).map(([key, { name, tensorShape }]) => [
    key,
    name ?? key,
    tensorShape,
  ]);
}

function loneEnds(nodes: ReadonlyMap<string, GraphNode>): readonly GraphOutput[] {
  const read = new Set([...nodes.values()].flatMap(({ inputs }) => inputs.map(({ node }) => node)));
  return [...nodes.values()]
    .filter(({ name, op }) => !read.has(name) && !['Const', 'NoOp', 'Placeholder'].includes(op))
    .map(({ name }) => ({ name, from: { node: name, index: 0 } }));
}
