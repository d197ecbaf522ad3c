import type { GraphDraft } from './graph-draft.ts';
import type { Value } from './value.ts';

/** One layer (or operation of a graph model) and what it became. */
export interface ConvertedLayer {
  /** Its name in the model; inside a nested model `outer/inner`. */
  readonly name: string;
  /** `Conv2D` …; the operation's name in a graph model. */
  readonly className: string;
  /** 0 for the first call of it, 1 for the second: more than one when it is shared. */
  readonly call: number;
  readonly value: Value;
}

/** An input or output of the model that was converted. */
export interface NamedValue {
  readonly name: string;
  readonly value: Value;
}

/** A whole tfjs model as nodes and constants, before its outputs get their roles. */
export interface ConvertedGraph {
  readonly draft: GraphDraft;
  /** In the order of computation. */
  readonly layers: readonly ConvertedLayer[];
  readonly inputs: readonly NamedValue[];
  /** In the model's own order. */
  readonly outputs: readonly NamedValue[];
}
