import type { OnnxGraph } from '@isometry/onnx';
import { floatConstants } from './float-constants.ts';
import { HALF_OPERATORS } from './half-operators.ts';

/**
 * Weights that are fewer than a thousandth of all stay in float32: 0.25 % of the file. They are those of the first
 * layers and of depthwise kernels, where smooth pictures and large weights of either sign cancel, so that rounding
 * shows most. Measured on ham3 with MobileNets of four losses: the divergence from float32 falls 30- to 70-fold, and of
 * 396 answers 392, 395, 379 and 392 stayed the same, now 396, 396, 393 and 396.
 */
const SMALL_SHARE = 1 / 1000;

/** Finds the nodes whose float16 weights would cost more than they save. @returns their names, in the order of the graph */
export function findSmallWeights(graph: OnnxGraph): readonly string[] {
  const constants = floatConstants(graph);
  const sizes = graph.nodes.flatMap(({ name, opType, inputs }) => {
    const weights = constants.get(inputs[1] ?? '');
    const isHeavy = HALF_OPERATORS[opType]?.role === 'computes';
    return isHeavy && weights !== undefined ? [{ name, bytes: weights.data.length }] : [];
  });
  const all = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  return sizes.flatMap(({ name, bytes }) => (bytes < SMALL_SHARE * all ? [name] : []));
}
