import { IsometryError } from '@isometry/core';
import type { OnnxModel } from '@isometry/onnx';

const QUANTISED = /^(?:(?:Dynamic)?QuantizeLinear|DequantizeLinear|QLinear\w+|QGemm|\w+Integer)$/u;

/**
 * Checks that a model has not been made small before: rounding twice adds up, and QDQ pairs read float32.
 * @throws `OPTION_INVALID`
 */
export function assertFloatModel({ graph }: OnnxModel, wanted: string): void {
  const node = graph.nodes.find(({ opType }) => QUANTISED.test(opType));
  const half = graph.initializers.find(({ dataType }) => /^b?float16$/u.test(dataType));
  const reason =
    node === undefined
      ? half && `its weights "${half.name}" are ${half.dataType}`
      : `it holds ${node.opType} ("${node.name}")`;
  if (reason === undefined) return;
  throw new IsometryError('OPTION_INVALID', `The model is no float32 model any more: ${reason}.`, {
    hint: `Make ${wanted} from the float32 export.`,
    details: { wanted, node: node?.name ?? null, initializer: half?.name ?? null },
  });
}
