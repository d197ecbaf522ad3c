import { join } from 'node:path';
import { compareArrays } from '@isometry/core';
import {
  buildClassifier,
  convertByTf2onnx,
  convertLayersModel,
  readTfjsModel,
  wrapConverted,
  type ClassifierRoles,
} from '@isometry/export';
import { encodeModel, type OnnxModel } from '@isometry/onnx';
import { judgesPython } from '../judges.ts';
import { randomValues } from './layers-model.ts';
import { openCpuSession } from './onnx-session.ts';

/** One output of a model that both converters wrote, on the same images. */
export interface OutputComparison {
  readonly name: string;
  readonly maxAbs: number;
  /** Over the norm of the native converter's. */
  readonly relativeL2: number;
  readonly dims: readonly number[];
  readonly nativeDims: readonly number[] | undefined;
  /** The largest value there is. */
  readonly size: number;
}

/** Both converters on one run folder, and how far their outputs are apart in ONNX Runtime. */
export async function compareConverters(
  run: string,
  options: {
    readonly batch: number;
    readonly seed: number;
    readonly roles?: ClassifierRoles;
    readonly layers?: readonly string[];
  },
): Promise<{
  readonly native: OnnxModel;
  readonly theirs: OnnxModel;
  readonly outputs: OutputComparison[];
}> {
  const path = join(run, 'model.json');
  const { roles = {} } = options;
  const native = buildClassifier(convertLayersModel(await readTfjsModel(path)), roles).model;
  const converted = await convertByTf2onnx(path, {
    python: judgesPython(),
    layers: options.layers,
  });
  const theirs = wrapConverted(converted.model, roles).model;
  const [input] = native.graph.inputs;
  const sizes = (input?.dims ?? []).slice(1).map(({ size }) => Number(size));
  const count = sizes.reduce((a, b) => a * b, options.batch);
  const feeds = {
    pixel_values: { data: randomValues(count, options.seed), dims: [options.batch, ...sizes] },
  };
  const runModel = async (model: OnnxModel) => {
    const session = await openCpuSession(encodeModel(model));
    const outputs = await session.run(feeds, [...session.outputNames]);
    await session.close();
    return outputs;
  };
  const [a, b] = [await runModel(native), await runModel(theirs)];
  const outputs = Object.entries(b).map(([name, { data, dims }]) => {
    const ours = a[name];
    const apart = { maxAbs: Infinity, relativeL2: Infinity };
    const { maxAbs, relativeL2 } = ours === undefined ? apart : compareArrays(ours.data, data);
    const size = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return { name, maxAbs, relativeL2, dims, nativeDims: ours?.dims, size };
  });
  return { native, theirs, outputs };
}
