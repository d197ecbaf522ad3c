import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tensor } from '@isometry/core';
import { encodeModel, type OnnxModel } from '@isometry/onnx';
import { expect } from 'vitest';
import { runJudge } from '../judges.ts';

const JUDGE = join(import.meta.dirname, 'judge_model.py');

/**
 * The embedding that Python's onnxruntime gives, having let onnx's checker and its shape inference look at the model:
 * every value has to have a shape. `name` is what the two files in `folder` are called by.
 */
export async function judgedEmbedding(
  model: OnnxModel,
  tensor: Tensor,
  folder: string,
  name: string,
): Promise<Float32Array> {
  const [path, input] = [join(folder, `${name}.onnx`), join(folder, name)];
  await writeFile(path, encodeModel(model));
  await writeFile(input, tensor.data);
  const verdict = JSON.parse(
    await runJudge(JUDGE, ['run', path, input, tensor.dims.join('x')]),
  ) as {
    readonly without_shape: readonly string[];
    readonly outputs: Readonly<Record<string, { readonly data: string }>>;
  };
  expect(verdict.without_shape).toEqual([]);
  return new Float32Array(
    Uint8Array.from(Buffer.from(verdict.outputs['embedding']?.data ?? '', 'base64')).buffer,
  );
}
