import type { OnnxModel } from '@isometry/onnx';
import { chooseRange, type ActivationRange, type CalibrationMethod } from './activation-range.ts';
import type { CollectedActivations } from './collect-activations.ts';
import { floatConstants } from './float-constants.ts';
import { activationParameters } from './quantisation-parameters.ts';
import { planQuantisation, type QuantisationPlan } from './quantisation-plan.ts';
import { writeQuantisedGraph } from './quantised-graph.ts';

export interface QuantisationRules {
  readonly method: CalibrationMethod;
  readonly percentile: number;
  readonly reduceRange: boolean;
  readonly correctBias: boolean;
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
): OnnxModel {
  const plan = planQuantisation(model.graph, floatConstants(model.graph), keepFloat);
  const ranges = chooseRanges(plan, collected, rules);
  const graph = writeQuantisedGraph(model.graph, plan, {
    parameters: (value) => activationParameters(ranges.get(value) ?? { low: 0, high: 0 }),
    means: (value) => (rules.correctBias ? channelMeans(collected, value) : undefined),
    largestWeight: rules.reduceRange ? LARGEST_REDUCED_WEIGHT : LARGEST_WEIGHT,
  });
  return { ...model, graph };
}

/** One range for all values that share a scale: from the least to the largest of theirs. */
function chooseRanges(
  { values }: QuantisationPlan,
  { histograms }: CollectedActivations,
  { method, percentile }: QuantisationRules,
): ReadonlyMap<string, ActivationRange> {
  const shared = new Map<string, ActivationRange>();
  for (const [value, first] of values) {
    const histogram = histograms.get(value);
    if (histogram === undefined) continue;
    const own = chooseRange(histogram, method, percentile);
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
