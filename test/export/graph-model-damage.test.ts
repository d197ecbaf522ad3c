import { join } from 'node:path';
import { isIsometryError } from '@isometry/core';
import { readTfjsModel, type ModelWeight, type TfjsModelFile } from '@isometry/export';
import { beforeAll, describe, expect, it } from 'vitest';
import { differenceFromTfjs, openGraph, seeded } from './graph-model.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/graph-models');

/** How many damaged graphs: the full run looks longer. */
const COUNT = process.env['ISOMETRY_FULL'] === '1' ? 3000 : 150;

interface NodeDef {
  name: string;
  op: string;
  input?: string[];
  attr?: Record<string, unknown>;
}

/** A stream of choices, another seed another stream. */
function choicesOf(seed: number): <T>(list: readonly T[]) => T {
  const values = seeded(64, seed * 7919 + 13);
  let at = 0;
  return (list) => {
    const value = (values[at++ % values.length] as number) / 2 + 0.5;
    return list[
      Math.min(Math.floor(value * list.length), list.length - 1)
    ] as (typeof list)[number];
  };
}

const JUNK: readonly unknown[] = [
  null,
  {},
  [],
  'x',
  { i: '3' },
  { i: '-1' },
  { f: 1e30 },
  { b: true },
  { s: 'VkFMSUQ=' },
  { s: 'U0FNRQ==' },
  { list: {} },
  { list: { i: ['1', '2', '2', '1'] } },
  { list: { i: ['1', '3', '1', '1'] } },
  { list: { i: ['0', '0', '0'] } },
  { list: { s: ['UmVsdTY='] } },
  { type: 'DT_INT32' },
  { shape: { dim: [{ size: '-1' }, { size: '5' }] } },
];
const OPERATIONS = [
  'Relu', 'Add', 'MatMul', 'Reshape', 'ConcatV2', 'Mean', 'Softmax', 'Transpose', 'Pad', 'Mul', 'Identity', 'Conv2D',
  'MaxPool', 'Squeeze', 'ExpandDims', 'Slice', 'StridedSlice', 'Sum', 'ResizeBilinear', 'Split', 'Shape', 'Pack', 'Max',
]; // prettier-ignore

/** One thing about the graph that is not as it was. */
function damage(file: TfjsModelFile, seed: number): TfjsModelFile {
  const pick = choicesOf(seed);
  const topology = structuredClone(file.topology) as { node: NodeDef[] };
  const weights = new Map(file.weights);
  const operations = topology.node.filter(({ op }) => op !== 'Const' && op !== 'Placeholder');
  const node = pick(operations);
  const names = topology.node.map(({ name }) => name);
  pick([
    () => (node.op = pick(OPERATIONS)),
    () =>
      (node.input = (node.input ?? []).map((name, index) => (index === 0 ? pick(names) : name))),
    () => (node.input = (node.input ?? []).toReversed()),
    () => (node.input = (node.input ?? []).slice(1)),
    () => (node.input = [...(node.input ?? []), pick(names)]),
    () => delete (node.attr ?? {})[pick(Object.keys(node.attr ?? { T: 0 }))],
    () => ((node.attr ??= {})[pick(Object.keys(node.attr ?? { T: 0 }))] = pick(JUNK)),
    () => damageWeight(weights, pick),
    () => damageWeight(weights, pick),
  ])();
  return { ...file, topology, weights };
}

function damageWeight(weights: Map<string, ModelWeight>, pick: <T>(list: readonly T[]) => T): void {
  const name = pick([...weights.keys()]);
  const weight = weights.get(name) as ModelWeight;
  const { shape, data } = weight;
  const change = pick<() => Partial<ModelWeight>>([
    () => ({ shape: shape.toReversed() }),
    () => ({ shape: [...shape, 1] }),
    () => ({ shape: [1, ...shape] }),
    () => ({ shape: [data.length] }),
    () => ({ data: data.map((value) => -value - 1) as typeof data }),
    () => ({ data: data.map((value) => value * 2 + 1) as typeof data }),
    () => ({ data: data.toReversed() as typeof data }),
  ]);
  weights.set(name, { ...weight, ...change() } as ModelWeight);
}

/** What becomes of a damaged graph. */
async function outcomeOf(file: TfjsModelFile): Promise<string> {
  const inputSize = undefined;
  try {
    const open = await openGraph(file, { inputSize });
    try {
      return await compare(file, open);
    } finally {
      await open.session.close();
    }
  } catch (error) {
    // Anything else fails the test: a graph that ONNX Runtime does not take, or a TypeError.
    if (isIsometryError(error)) return error.code;
    throw error;
  }
}

async function compare(
  file: TfjsModelFile,
  open: Awaited<ReturnType<typeof openGraph>>,
): Promise<string> {
  let difference: number;
  try {
    difference = await differenceFromTfjs(file, open);
  } catch {
    // What tfjs does not take, or NaN somewhere, which tfjs' MaxPool passes over and ONNX Runtime's does not.
    return 'no answer';
  }
  return difference < 1e-4 ? 'equal' : `differs by ${difference}`;
}

describe.each(['mixed', 'mobile'])('a graph that is damaged: %s', (name) => {
  const outcomes = new Map<string, number>();
  let file: TfjsModelFile;
  beforeAll(async () => {
    file = await readTfjsModel(join(FIXTURES, name, 'model.json'));
    if (name === 'mobile') file = { ...file, signature: undefined };
  });

  it('is refused by a code, or computes what tfjs does', { timeout: 600_000 }, async () => {
    for (let seed = 1; seed <= COUNT; seed++) {
      const outcome = await outcomeOf(damage(file, seed)).catch((error: unknown) => {
        throw new Error(`seed ${seed}`, { cause: error });
      });
      if (outcome.startsWith('differs')) throw new Error(`seed ${seed} ${outcome}`);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    const share = (outcome: string): number => (outcomes.get(outcome) ?? 0) / COUNT;
    expect(share('equal')).toBeGreaterThan(0.1);
    expect(share('LAYER_UNSUPPORTED')).toBeGreaterThan(0.1);
    expect(share('no answer')).toBeLessThan(0.1);
  });
});
