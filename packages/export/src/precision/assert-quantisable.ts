import { IsometryError } from '@isometry/core';
import type { OnnxModel } from '@isometry/onnx';
import { assertFloatModel } from './assert-float-model.ts';
import { floatConstants } from './float-constants.ts';
import { floatValues } from './float-values.ts';
import { planQuantisation } from './quantisation-plan.ts';

/** The first version of DequantizeLinear that has a scale a channel. */
const LEAST_OPSET = 13;

/** Checks that a model can be made int8. @throws `OPTION_INVALID` */
export function assertQuantisable(model: OnnxModel): void {
  assertFloatModel(model, 'int8');
  const { graph, opsets } = model;
  const opset = opsets.find(({ domain }) => domain === '')?.version ?? 0;
  if (opset < LEAST_OPSET) {
    throw refused(`it has opset ${opset}`, `Export it with opset ${LEAST_OPSET} or later.`, {
      opset,
    });
  }
  const { weighted } = planQuantisation(graph, floatConstants(graph), new Set());
  if (weighted.size === 0)
    throw refused('it has no convolution or matrix with constant weights', 'Use fp32.', {});
  for (const { node, weights, bias } of weighted.values()) {
    const isFinite = [weights, ...(bias === undefined ? [] : [bias])].every((tensor) =>
      floatValues(tensor).every(Number.isFinite),
    );
    if (!isFinite)
      throw refused(
        `the weights of "${node.name}" are not all finite`,
        'Train it again: its loss has diverged.',
        { node: node.name },
      );
  }
}

function refused(
  reason: string,
  hint: string,
  details: Readonly<Record<string, unknown>>,
): IsometryError {
  return new IsometryError('OPTION_INVALID', `The model cannot be made int8: ${reason}.`, {
    hint,
    details,
  });
}
