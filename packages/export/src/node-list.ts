import type { OnnxNode } from '@isometry/onnx';

/** Nodes in an order that stays, found by the values they make and use, exchanged one by one. */
export class NodeList {
  /** A node that is gone leaves its place empty. */
  readonly #places: (OnnxNode | undefined)[] = [];
  readonly #placeOf: Map<OnnxNode, number> = new Map();
  readonly #producers: Map<string, OnnxNode> = new Map();
  readonly #consumers: Map<string, Set<OnnxNode>> = new Map();
  #list: readonly OnnxNode[] | undefined;

  /** The nodes without the empty places; the same array until something changes. */
  list(): readonly OnnxNode[] {
    this.#list ??= this.#places.filter((node) => node !== undefined);
    return this.#list;
  }

  push(node: OnnxNode): void {
    this.#list = undefined;
    this.#places.push(node);
    this.#enter(node, this.#places.length - 1);
  }

  producer(value: string): OnnxNode | undefined {
    return this.#producers.get(value);
  }

  consumers(value: string): readonly OnnxNode[] {
    return [...(this.#consumers.get(value) ?? [])];
  }

  isUsed(value: string): boolean {
    return (this.#consumers.get(value)?.size ?? 0) > 0;
  }

  /** Does nothing when the node is not in the list. */
  replace(node: OnnxNode, by: OnnxNode | undefined): void {
    const place = this.#placeOf.get(node);
    if (place === undefined) return;
    this.#list = undefined;
    this.#placeOf.delete(node);
    for (const value of node.inputs) this.#consumers.get(value)?.delete(node);
    for (const value of node.outputs) {
      if (this.#producers.get(value) === node) this.#producers.delete(value);
    }
    this.#places[place] = by;
    if (by !== undefined) this.#enter(by, place);
  }

  #enter(node: OnnxNode, place: number): void {
    this.#placeOf.set(node, place);
    for (const value of node.outputs) this.#producers.set(value, node);
    for (const value of node.inputs) {
      const consumers = this.#consumers.get(value);
      if (consumers === undefined) this.#consumers.set(value, new Set([node]));
      else consumers.add(node);
    }
  }
}
