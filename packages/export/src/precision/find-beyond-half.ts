import { INPUT_NAME, throwIfAborted, type ModelSession, type Tensor } from '@isometry/core';
import type { OnnxModel, OnnxNode } from '@isometry/onnx';
import { intAttribute } from '../attribute.ts';
import { floatConstants } from './float-constants.ts';
import { createFreshName } from './fresh-name.ts';
import { halfNodes, halfOutputs, isTyped } from './half-nodes.ts';
import { HALF_OPERATORS } from './half-operators.ts';

/** Half of the largest float16, 65,504: the model will see other inputs, whose values are larger. */
const LARGEST = 65_504 / 2;

/**
 * Finds the nodes that would read or give a value in float16 that it does not hold, on these inputs. ONNX Runtime's
 * CPU provider never shows that: it computes float16 models in float32. WebGPU and CUDA give infinity, and then NaN.
 * @returns their names, in the order of the graph, for the `keepFloat` of `toFloat16`
 * @throws `INFERENCE_FAILED`, `ABORTED`
 */
export async function findBeyondHalf(
  model: OnnxModel,
  inputs: readonly Tensor[],
  openSession: (model: OnnxModel) => Promise<ModelSession>,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const { graph } = model;
  const constants = floatConstants(graph);
  const valuesOf = new Map(
    [...halfNodes(graph, constants, new Set())].map((node) => [
      node,
      [...readInHalf(node).filter((value) => !constants.has(value)), ...halfOutputs(node)],
    ]),
  );
  const { probe, outputs } = withLargest(model, new Set([...valuesOf.values()].flat()));
  const tooLarge = new Set<string>();
  const session = await openSession(probe);
  try {
    for (const tensor of inputs) {
      throwIfAborted(signal);
      // One after the other: so is the memory that of one run.
      // oxlint-disable-next-line no-await-in-loop
      const found = await session.run({ [INPUT_NAME]: tensor }, [...outputs.values()], { signal });
      for (const [value, output] of outputs) {
        if (!((found[output]?.data[0] ?? 0) <= LARGEST)) tooLarge.add(value);
      }
    }
  } finally {
    await session.close();
  }
  return [...valuesOf].flatMap(([{ name }, values]) =>
    values.some((value) => tooLarge.has(value)) ? [name] : [],
  );
}

function readInHalf({ opType, inputs }: OnnxNode): readonly string[] {
  const typed = HALF_OPERATORS[opType]?.typed ?? [];
  return inputs.filter((input, index) => input !== '' && isTyped(typed, index));
}

/** The model with the largest magnitude of each value as an output: one number each, where whole values take hundreds of MB. */
function withLargest(
  model: OnnxModel,
  values: ReadonlySet<string>,
): { readonly probe: OnnxModel; readonly outputs: ReadonlyMap<string, string> } {
  const { graph } = model;
  const fresh = createFreshName(graph);
  const nodes = [...graph.nodes];
  const outputs = new Map<string, string>();
  for (const value of values) {
    const magnitude = fresh(`${value}/magnitude`);
    const largest = fresh(`${value}/largest`);
    nodes.push(
      { name: magnitude, opType: 'Abs', inputs: [value], outputs: [magnitude] },
      {
        name: largest,
        opType: 'ReduceMax',
        inputs: [magnitude],
        outputs: [largest],
        attributes: [intAttribute('keepdims', 0)],
      },
    );
    outputs.set(value, largest);
  }
  const added = [...outputs.values()].map((name) => ({ name, dataType: 'float32' as const }));
  return {
    probe: { ...model, graph: { ...graph, nodes, outputs: [...graph.outputs, ...added] } },
    outputs,
  };
}
