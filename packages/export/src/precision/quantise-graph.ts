import type { OnnxModel, OnnxNode } from '@isometry/onnx';
import { chooseRange, type ActivationRange, type CalibrationMethod } from './activation-range.ts';
import type { CollectedActivations } from './collect-activations.ts';
import { floatConstants } from './float-constants.ts';
import { floatValues } from './float-values.ts';
import { quantiseWeights, type QuantisedWeights } from './quantise-weights.ts';
import { activationParameters } from './quantisation-parameters.ts';
import { planQuantisation, type QuantisationPlan } from './quantisation-plan.ts';
import { writeQuantisedGraph } from './quantised-graph.ts';

export interface QuantisationRules {
  readonly method: CalibrationMethod;
  readonly percentile: number;
  readonly reduceRange: boolean;
}

/**
 * What was computed for one model and its calibration: the search quantises the same network a hundred times, each
 * time with other nodes left out.
 */
export interface QuantisationMemo {
  readonly ranges: Map<string, ActivationRange>;
  /** By node, the last ones and what they were made by: one copy of the weights in all. */
  readonly weights: Map<OnnxNode, { readonly made: string; readonly quantised: QuantisedWeights }>;
}

/** 8 bits less the sign; a bit less for processors that add two products in 16 bits: 2 * 255 * 63 fits, 2 * 255 * 127 does not. */
const LARGEST_WEIGHT = 127;
const LARGEST_REDUCED_WEIGHT = 63;

/** Quantises a model by what calibration found, all but the nodes in `keepFloat`. */
export function quantiseByCalibration(
  model: OnnxModel,
  collected: CollectedActivations,
  rules: QuantisationRules,
  keepFloat: ReadonlySet<string>,
  memo: QuantisationMemo = { ranges: new Map(), weights: new Map() },
): OnnxModel {
  const plan = planQuantisation(model.graph, floatConstants(model.graph), keepFloat);
  const ranges = chooseRanges(plan, collected, rules, memo);
  const graph = writeQuantisedGraph(model.graph, plan, {
    parameters: (value) => activationParameters(ranges.get(value) ?? { low: 0, high: 0 }),
    quantise: (weighted, inputScale) => {
      const made = [inputScale, rules.reduceRange].join();
      const known = memo.weights.get(weighted.node);
      if (known?.made === made) return known.quantised;
      const { node, weights, bias, layout } = weighted;
      const quantised = quantiseWeights(floatValues(weights), layout, {
        inputScale,
        bias: bias && floatValues(bias),
        largest: rules.reduceRange ? LARGEST_REDUCED_WEIGHT : LARGEST_WEIGHT,
        // The channels of a MatMul's input are its last dimension, of which no means are kept; and it has no bias.
        inputMeans:
          node.opType === 'MatMul' ? undefined : channelMeans(collected, node.inputs[0] as string),
      });
      memo.weights.set(node, { made, quantised });
      return quantised;
    },
  });
  return { ...model, graph };
}

/** One range for all values that share a scale: from the least to the largest of theirs. */
function chooseRanges(
  { values }: QuantisationPlan,
  { histograms }: CollectedActivations,
  { method, percentile }: QuantisationRules,
  memo: QuantisationMemo,
): ReadonlyMap<string, ActivationRange> {
  const shared = new Map<string, ActivationRange>();
  for (const [value, first] of values) {
    const histogram = histograms.get(value);
    if (histogram === undefined) continue;
    const key = [value, method, percentile].join();
    const own = memo.ranges.get(key) ?? chooseRange(histogram, method, percentile);
    memo.ranges.set(key, own);
    const { low, high } = shared.get(first) ?? own;
    shared.set(first, { low: Math.min(low, own.low), high: Math.max(high, own.high) });
  }
  return new Map(
    [...values].map(([value, first]) => [value, shared.get(first) ?? { low: 0, high: 0 }]),
  );
}

function channelMeans(
  { histograms }: CollectedActivations,
  value: string,
): Float64Array | undefined {
  const histogram = histograms.get(value);
  if (histogram === undefined || histogram.count === 0) return undefined;
  const { channelSums, count } = histogram;
  return channelSums.map((sum) => (sum * channelSums.length) / count);
}
