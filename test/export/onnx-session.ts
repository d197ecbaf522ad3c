import type { ModelSession, Tensor } from '@isometry/core';
import * as ort from 'onnxruntime-node';

/** An output's values; none when there is no such output, which no comparison takes for equal. */
export function valuesOf(outputs: Readonly<Record<string, Tensor>>, name: string): Float32Array {
  return new Map(Object.entries(outputs)).get(name)?.data ?? new Float32Array();
}

/** ONNX Runtime's CPU provider as a {@link ModelSession}, so that these tests need no runtime package. */
export async function openCpuSession(model: Uint8Array): Promise<ModelSession> {
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ['cpu'],
    logSeverityLevel: 3,
  });
  return {
    provider: 'cpu',
    outputNames: session.outputNames,
    async run(feeds, outputs) {
      const inputs = Object.fromEntries(
        Object.entries(feeds).map(([name, { data, dims }]) => [
          name,
          new ort.Tensor('float32', data, dims),
        ]),
      );
      const results = await session.run(inputs, outputs);
      return Object.fromEntries(
        Object.entries(results).map(([name, { data, dims }]): [string, Tensor] => [
          name,
          { data: data as Float32Array, dims },
        ]),
      );
    },
    close: () => session.release(),
  };
}
