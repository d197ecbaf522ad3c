import type { DataType } from './data-type.ts';

/** An ONNX file: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, the part that models use. */
export interface OnnxModel {
  readonly irVersion: number;
  readonly opsets: readonly OnnxOpset[];
  readonly producerName?: string;
  readonly producerVersion?: string;
  readonly domain?: string;
  readonly modelVersion?: number;
  readonly docString?: string;
  readonly graph: OnnxGraph;
  /** `metadata_props`. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** The version of an operator set; the standard one has the domain `''`. */
export interface OnnxOpset {
  readonly domain: string;
  readonly version: number;
}

export interface OnnxGraph {
  readonly name: string;
  /** In an order in which every input is made before it is used. */
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** What is known of values between the nodes. */
  readonly valueInfo?: readonly OnnxValue[];
  readonly docString?: string;
}

export interface OnnxNode {
  readonly name: string;
  readonly opType: string;
  readonly domain?: string;
  /** Names of values; `''` stands for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: readonly OnnxAttribute[];
  readonly docString?: string;
}

/** A node's attribute. Integers are exact up to 2^53. */
export type OnnxAttribute = { readonly name: string } & (
  | { readonly type: 'float' | 'int'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'tensor'; readonly value: OnnxTensor }
  | { readonly type: 'graph'; readonly value: OnnxGraph }
  | { readonly type: 'floats' | 'ints'; readonly value: readonly number[] }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'tensors'; readonly value: readonly OnnxTensor[] }
  | { readonly type: 'graphs'; readonly value: readonly OnnxGraph[] }
);

export interface OnnxTensor {
  readonly name: string;
  readonly dataType: DataType;
  readonly dims: readonly number[];
  /** The values, little-endian, row-major: ONNX's `raw_data`. A decoded tensor is a view of the file. */
  readonly data: Uint8Array;
}

/** The name and type of a graph's input or output, or of a value between its nodes. */
export interface OnnxValue {
  readonly name: string;
  readonly dataType: DataType;
  /** Left out when not even the rank is known. */
  readonly dims?: readonly OnnxDimension[];
  /** What the value is, e.g. `IMAGE`: https://github.com/onnx/onnx/blob/main/docs/TypeDenotation.md */
  readonly denotation?: string;
}

export interface OnnxDimension {
  /** A number, a symbol such as `N`, or nothing when unknown. */
  readonly size?: number | string | undefined;
  /** E.g. `DATA_CHANNEL`: https://github.com/onnx/onnx/blob/main/docs/DimensionDenotation.md */
  readonly denotation?: string;
}
