import type { GraphNode } from './graph-def.ts';

/**
 * Reads a GraphDef's attributes from protobuf's JSON as tfjs does: strings are base64 or lists of bytes, integers are
 * strings or numbers, and an attribute of another kind counts as absent.
 */
export function stringOf(node: GraphNode, name: string): string | undefined {
  return text(member(node, name, 's'));
}

export function numberOf(node: GraphNode, name: string): number | undefined {
  return number(member(node, name, 'i') ?? member(node, name, 'f'));
}

export function flagOf(node: GraphNode, name: string): boolean {
  return member(node, name, 'b') === true;
}

/** A data type, `DT_FLOAT` …; files from before 2019 have protobuf's number instead. */
export function typeOf(node: GraphNode, name: string): string | undefined {
  const type = member(node, name, 'type');
  if (typeof type === 'number') return TYPE_NUMBERS.get(type) ?? `type ${type}`;
  return typeof type === 'string' ? type : undefined;
}

/** Whether a type is one of those that tfjs keeps as float32. */
export function isFloatType(type: string | undefined): boolean {
  return type === 'DT_FLOAT' || type === 'DT_HALF' || type === 'DT_DOUBLE';
}

export function numbersOf(node: GraphNode, name: string): readonly number[] | undefined {
  const values = list(node, name, 'i') ?? list(node, name, 'f');
  return values?.flatMap((value) => number(value) ?? []);
}

export function stringsOf(node: GraphNode, name: string): readonly string[] {
  return (list(node, name, 's') ?? []).flatMap((value) => text(value) ?? []);
}

/** A shape with -1 for each size that is not fixed; undefined when not even the rank is. */
export function shapeOf(node: GraphNode, name: string): readonly number[] | undefined {
  return parseShape(member(node, name, 'shape'));
}

/** The same of protobuf's `TensorShapeProto`. */
export function parseShape(shape: unknown): readonly number[] | undefined {
  if (!isRecord(shape) || shape['unknownRank'] === true) return undefined;
  const { dim } = shape;
  if (!Array.isArray(dim)) return [];
  return dim.map((size: unknown) => number(isRecord(size) ? size['size'] : undefined) ?? -1);
}

/** Of tensorflow/core/framework/types.proto, those that a refusal may have to name. */
const TYPE_NUMBERS: ReadonlyMap<number, string> = new Map([
  [1, 'DT_FLOAT'],
  [2, 'DT_DOUBLE'],
  [3, 'DT_INT32'],
  [4, 'DT_UINT8'],
  [6, 'DT_INT8'],
  [7, 'DT_STRING'],
  [9, 'DT_INT64'],
  [10, 'DT_BOOL'],
  [19, 'DT_HALF'],
]);

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function member(node: GraphNode, name: string, key: string): unknown {
  const attribute = node.attributes.get(name);
  return isRecord(attribute) ? attribute[key] : undefined;
}

function list(node: GraphNode, name: string, key: string): readonly unknown[] | undefined {
  const values = member(node, name, 'list');
  const items = isRecord(values) ? values[key] : undefined;
  return Array.isArray(items) ? (items as unknown[]) : undefined;
}

function number(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const parsed = Number(value);
  return Number.isNaN(parsed) ? undefined : parsed;
}

function text(value: unknown): string | undefined {
  if (typeof value === 'string') return Buffer.from(value, 'base64').toString('latin1');
  // As arguments, a list of millions would end in a stack overflow. No attribute's word is that long.
  if (!Array.isArray(value) || value.length > 1000) return undefined;
  return String.fromCharCode(...value.map(Number));
}
