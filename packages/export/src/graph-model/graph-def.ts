import * as z from 'zod';
import { tfjsModelInvalid } from '../tfjs-model-invalid.ts';

/** One output of a node. */
export interface NodeOutput {
  readonly node: string;
  /** 0 for the first. */
  readonly index: number;
}

/** One operation of a TensorFlow graph. */
export interface GraphNode {
  readonly name: string;
  /** `Conv2D` …: https://www.tensorflow.org/api_docs/python/tf/raw_ops */
  readonly op: string;
  /** Data only: nodes that merely have to run before (`^name`) are left out. */
  readonly inputs: readonly NodeOutput[];
  /** As the JSON has them; node-attributes.ts reads them. */
  readonly attributes: ReadonlyMap<string, unknown>;
}

const schema = z.object({
  node: z.array(
    z.object({
      name: z.string().min(1),
      op: z.string().min(1),
      input: z.nullish(z.array(z.string())),
      attr: z.nullish(z.record(z.string(), z.unknown())),
    }),
  ),
});

/**
 * Reads the `modelTopology` of a graph model: a GraphDef in protobuf's JSON. Functions of its library are not
 * read: what calls one is refused by its operation's name.
 * @throws `RUN_INVALID`
 */
export function parseGraphDef(topology: unknown): ReadonlyMap<string, GraphNode> {
  const result = z.safeParse(schema, topology);
  if (!result.success) {
    const at = result.error.issues[0]?.path.join('.') ?? '';
    throw tfjsModelInvalid(
      'model.json',
      `its topology is no TensorFlow graph (at "${at}")`,
      result.error,
    );
  }
  const nodes = new Map<string, GraphNode>();
  for (const { name, op, input, attr } of result.data.node) {
    if (nodes.has(name)) throw tfjsModelInvalid('model.json', `two operations are named "${name}"`);
    const inputs = (input ?? []).filter((text) => !text.startsWith('^')).map(parseNodeOutput);
    nodes.set(name, { name, op, inputs, attributes: new Map(Object.entries(attr ?? {})) });
  }
  return nodes;
}

/** `name`, `name:1`, or `name:output:1` as functions write it. */
export function parseNodeOutput(text: string): NodeOutput {
  const [node = '', ...rest] = text.split(':');
  const index = Number(rest.at(-1) ?? 0);
  return { node, index: Number.isInteger(index) && index >= 0 ? index : 0 };
}
