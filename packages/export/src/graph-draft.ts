import {
  floatTensor,
  int64Tensor,
  type OnnxAttribute,
  type OnnxNode,
  type OnnxTensor,
} from '@isometry/onnx';
import { NodeList } from './node-list.ts';
import { UniqueNames } from './unique-names.ts';

/** A float32 constant of the graph. */
export interface FloatConstant {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** What {@link GraphDraft.add} needs besides the operator. */
export interface NodeSpec {
  /** Becomes the node's name and, unless it is reserved, the name of its output. */
  readonly name: string;
  /** Names of values; `''` for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly attributes?: readonly OnnxAttribute[];
}

/**
 * The graph while it is being built: nodes in the order of computation, constants by name. Every method takes
 * time by the node or value it touches, not by the size of the graph, except where it says so.
 */
export class GraphDraft {
  readonly floats: Map<string, FloatConstant> = new Map();
  readonly integers: Map<string, readonly number[]> = new Map();
  /** Constants of any other type, as they go into the file. */
  readonly tensors: Map<string, OnnxTensor> = new Map();
  readonly #nodes = new NodeList();
  readonly #nodeNames = new UniqueNames();
  readonly #valueNames: UniqueNames;

  /** `reserved`: names that no value may take, because the model's inputs and outputs have them. */
  constructor(reserved: readonly string[]) {
    this.#valueNames = new UniqueNames(reserved);
  }

  /** All nodes, in the order of computation. Reading them after a change takes time by their number. */
  get nodes(): readonly OnnxNode[] {
    return this.#nodes.list();
  }

  /** Adds a node with one output and returns that output's name. */
  add(opType: string, spec: NodeSpec): string {
    return this.addNode(opType, spec, 1)[0] as string;
  }

  /** Adds a node with several outputs (`Split` …) and returns their names. */
  addNode(opType: string, spec: NodeSpec, outputCount: number): readonly string[] {
    const outputs = Array.from({ length: outputCount }, (_, index) =>
      this.#valueNames.take(index === 0 ? spec.name : `${spec.name}:${index}`),
    );
    this.#nodes.push({
      name: this.#nodeNames.take(spec.name),
      opType,
      inputs: spec.inputs,
      outputs,
      ...(spec.attributes === undefined ? {} : { attributes: spec.attributes }),
    });
    return outputs;
  }

  /** Adds a float32 constant and returns its name. The file gets these very values: do not change them later. */
  float(name: string, dims: readonly number[], data: Float32Array): string {
    const constant = this.#valueNames.take(name);
    this.floats.set(constant, { dims, data });
    return constant;
  }

  /** Adds a list of int64 and returns its name. */
  integersOf(name: string, values: readonly number[]): string {
    const constant = this.#valueNames.take(name);
    this.integers.set(constant, values);
    return constant;
  }

  /** Adds a constant of any type and returns its name. */
  tensor(tensor: OnnxTensor): string {
    const constant = this.#valueNames.take(tensor.name);
    this.tensors.set(constant, tensor.name === constant ? tensor : { ...tensor, name: constant });
    return constant;
  }

  /** Adds a node as it is, but for its own name where that is taken; its outputs' names must be new. */
  adopt(node: OnnxNode): void {
    const name = this.#nodeNames.take(node.name);
    this.#nodes.push(name === node.name ? node : { ...node, name });
  }

  /** A name that no value has yet, and takes it. */
  freeName(name: string): string {
    return this.#valueNames.take(name);
  }

  /** The node that makes a value, or undefined for inputs and constants. */
  producer(value: string): OnnxNode | undefined {
    return this.#nodes.producer(value);
  }

  /** The nodes that use a value. */
  consumers(value: string): readonly OnnxNode[] {
    return this.#nodes.consumers(value);
  }

  /**
   * Puts a node in the place of another, or nothing. Whoever used an output that is gone must have been replaced
   * too; constants that nobody uses any more are let go.
   */
  replace(node: OnnxNode, by?: OnnxNode): void {
    this.#nodes.replace(node, by);
    if (by?.name !== node.name) this.#nodeNames.release(node.name);
    for (const name of node.inputs) {
      if (this.#nodes.isUsed(name)) continue;
      this.floats.delete(name);
      this.integers.delete(name);
      this.tensors.delete(name);
    }
  }

  /** Lets all nodes that use a value use another one. */
  redirect(from: string, to: string): void {
    for (const node of this.consumers(from)) {
      const inputs = node.inputs.map((name) => (name === from ? to : name));
      this.#nodes.replace(node, { ...node, inputs });
    }
  }

  /** Renames a node's output and all its uses. False when no node makes `from`. */
  renameOutput(from: string, to: string): boolean {
    const node = this.producer(from);
    if (node === undefined) return false;
    const outputs = node.outputs.map((name) => (name === from ? to : name));
    this.#nodes.replace(node, { ...node, outputs });
    this.redirect(from, to);
    return true;
  }

  /** The constants that nodes use, in the order of their first use. Takes time by the number of nodes. */
  initializers(): readonly OnnxTensor[] {
    const names = new Set(this.nodes.flatMap((node) => node.inputs));
    return [...names].flatMap((name) => {
      const float = this.floats.get(name);
      if (float !== undefined) return [floatTensor(name, float.dims, float.data)];
      const integers = this.integers.get(name);
      if (integers !== undefined) return [int64Tensor(name, integers)];
      return this.tensors.get(name) ?? [];
    });
  }
}
