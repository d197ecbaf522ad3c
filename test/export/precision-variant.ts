import { compareArrays, type ModelSession, type Tensor } from '@isometry/core';
import type { QuantizeInt8Options } from '@isometry/export';
import { encodeModel, floatTensor, type OnnxModel, type OnnxTensor } from '@isometry/onnx';
import { createSession } from '@isometry/runtime-node';
import { valuesOf } from './onnx-session.ts';
import { buildPrecisionModel, pictures } from './precision-model.ts';

export const openCpu = (model: Uint8Array): Promise<ModelSession> =>
  createSession(model, { providers: ['cpu'] });

export const calibration = [pictures(16, 1), pictures(16, 2)];
export const quick: QuantizeInt8Options = {
  createSession: openCpu,
  calibration: () => calibration,
};

export async function outputsOf(
  model: OnnxModel,
  tensor: Tensor,
  provider: 'cpu' | 'wasm' = 'cpu',
): Promise<Record<string, Tensor>> {
  const session = await createSession(encodeModel(model), { providers: [provider] });
  const outputs = await session.run({ pixel_values: tensor }, session.outputNames);
  await session.close();
  return outputs;
}

export function errorOf(
  expected: Readonly<Record<string, Tensor>>,
  found: Readonly<Record<string, Tensor>>,
  name: string,
): number {
  return compareArrays(valuesOf(expected, name), valuesOf(found, name)).relativeL2;
}

export function changed(name: string, values: (count: number) => readonly number[]): OnnxModel {
  return buildPrecisionModel({
    change: (tensor) =>
      tensor.name === name
        ? floatTensor(name, tensor.dims, values(tensor.data.length / 4))
        : tensor,
  });
}

export function tensorOf({ graph }: OnnxModel, name: string): OnnxTensor | undefined {
  return graph.initializers.find((tensor) => tensor.name === name);
}

/** Puts a batch norm of 8 channels between a node and all that read it, as ResNet v2 does before its ReLU. */
export function withBatchNormalization(model: OnnxModel, name: string): OnnxModel {
  const { graph } = model;
  const statistics = {
    gamma: [1, 0.5, 2, 1, -1, 1.5, 0.8, 1.2],
    beta: [0.1, 0, -0.2, 0.3, 0.4, 0, 0.2, -0.1],
    mean: [0.5, 1, 0, -0.5, 0.2, 0.1, 0.3, 0.7],
    variance: [1, 0.5, 2, 1.5, 0.8, 1.2, 0.6, 1],
  };
  const parts = Object.entries(statistics).map(([part, values]) =>
    floatTensor(`norm/${part}`, [8], Float32Array.from(values)),
  );
  const normalised = `${name}/normalised`;
  const nodes = graph.nodes.flatMap((node) => {
    const inputs = node.inputs.map((input) => (input === name ? normalised : input));
    if (node.name !== name) return [{ ...node, inputs }];
    return [
      node,
      {
        name: 'norm',
        opType: 'BatchNormalization',
        inputs: [name, ...parts.map((part) => part.name)],
        outputs: [normalised],
      },
    ];
  });
  return { ...model, graph: { ...graph, nodes, initializers: [...graph.initializers, ...parts] } };
}
