import { floatTensor, int64Tensor, type OnnxAttribute, type OnnxNode } from '@isometry/onnx';
import type { OnnxTensor } from '@isometry/onnx';

/** A float32 constant of the graph. */
export interface FloatConstant {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** What {@link GraphDraft.add} needs besides the operator. */
export interface NodeSpec {
  /** Becomes the node's name and, unless it is reserved, the name of its output. */
  readonly name: string;
  readonly inputs: readonly string[];
  readonly attributes?: readonly OnnxAttribute[];
}

/** The graph while it is being built: nodes in order, constants by name, one output a node. */
export class GraphDraft {
  nodes: OnnxNode[] = [];
  readonly floats: Map<string, FloatConstant> = new Map();
  readonly integers: Map<string, readonly number[]> = new Map();
  readonly #nodeNames: Set<string> = new Set();
  readonly #valueNames: Set<string>;

  /** `reserved`: names that no value may take, because the model's inputs and outputs have them. */
  constructor(reserved: readonly string[]) {
    this.#valueNames = new Set(reserved);
  }

  /** Adds a node and returns the name of its output. */
  add(opType: string, spec: NodeSpec): string {
    const output = unique(spec.name, this.#valueNames);
    this.nodes.push({
      name: unique(spec.name, this.#nodeNames),
      opType,
      inputs: spec.inputs,
      outputs: [output],
      ...(spec.attributes === undefined ? {} : { attributes: spec.attributes }),
    });
    return output;
  }

  /** Adds a float32 constant and returns its name. */
  float(name: string, dims: readonly number[], data: Float32Array): string {
    const constant = unique(name, this.#valueNames);
    this.floats.set(constant, { dims, data });
    return constant;
  }

  /** Adds a list of int64 and returns its name. */
  integersOf(name: string, values: readonly number[]): string {
    const constant = unique(name, this.#valueNames);
    this.integers.set(constant, values);
    return constant;
  }

  /** Renames a node's output and all its uses. False when no node makes `from`. */
  renameOutput(from: string, to: string): boolean {
    const rename = (name: string): string => (name === from ? to : name);
    if (!this.nodes.some((node) => node.outputs.includes(from))) return false;
    this.nodes = this.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    }));
    return true;
  }

  /** The nodes that use a value. */
  consumers(value: string): readonly OnnxNode[] {
    return this.nodes.filter((node) => node.inputs.includes(value));
  }

  /** The constants that nodes use, in the order of their first use. */
  initializers(): readonly OnnxTensor[] {
    const names = new Set(this.nodes.flatMap((node) => node.inputs));
    return [...names].flatMap((name) => {
      const float = this.floats.get(name);
      if (float !== undefined) return [floatTensor(name, float.dims, float.data)];
      const integers = this.integers.get(name);
      return integers === undefined ? [] : [int64Tensor(name, integers)];
    });
  }
}

/** The name, or the name with a number when it is taken; taken from then on. */
function unique(name: string, taken: Set<string>): string {
  let free = name;
  for (let count = 1; taken.has(free); count++) free = `${name}_${count}`;
  taken.add(free);
  return free;
}
