import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { IsometryError, throwIfAborted, type Progress } from '@isometry/core';
import { decodeModel, type OnnxModel } from '@isometry/onnx';
import { failureOf } from './failure.ts';
import { renameValues } from './rename-values.ts';
import { runScript } from './run-script.ts';
import { ScriptAnswers } from './script-answers.ts';
import type { Tf2onnxVersions } from './tf2onnx-versions.ts';

/** Options of {@link convertByTf2onnx}. */
export interface ConvertByTf2onnxOptions {
  /** The interpreter that has tf2onnx; `undefined` where none was found, which is an error with what to type. */
  readonly python: string | undefined;
  /** Layers whose outputs are wanted besides the model's own. @defaultValue none */
  readonly layers?: readonly string[] | undefined;
  /** What the model's input becomes where it is open, in pixels. */
  readonly inputSize?: { readonly height: number; readonly width: number } | undefined;
  /** @defaultValue {@link CONVERSION_TIMEOUT_MS} */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What {@link convertByTf2onnx} made. */
export interface Tf2onnxModel {
  /** As tf2onnx wrote it, images planar; inputs and outputs called as their layers, the batch `N`. */
  readonly model: OnnxModel;
  /** The layer of each output and what it is called: the same, unless another value was called so. */
  readonly outputs: readonly Tf2onnxOutput[];
  readonly versions: Tf2onnxVersions;
}

/** The model's own outputs in their order, then the layers that were asked for. */
export interface Tf2onnxOutput {
  readonly layer: string;
  readonly name: string;
}

/** 25 times what InceptionV3 took on two cores: long enough for a machine under load, short enough to notice. */
export const CONVERSION_TIMEOUT_MS: number = 10 * 60_000;

/** What the native converter writes too. */
const OPSET = 17;

/**
 * Converts a tfjs layers model to ONNX by Keras, TensorFlow and tf2onnx in a child process, which has read the files
 * by itself: a second opinion on the converter of this package. Nothing is left of the child's files or processes,
 * however it ends.
 *
 * @param modelPath the `model.json`; its weights lie beside it
 * @throws `CONVERTER_UNAVAILABLE`, `CONVERTER_FAILED`, `LAYER_UNSUPPORTED`, `RUN_INVALID`, `OPTION_INVALID`,
 * `FILE_NOT_FOUND`, `FILE_WRITE_FAILED`, `MODEL_TOO_LARGE`, `ABORTED`; `details.failure` tells which failure of
 * {@link Tf2onnxFailure} it was, and `details.stderr` has the last lines that Python printed
 */
export async function convertByTf2onnx(
  modelPath: string,
  options: ConvertByTf2onnxOptions,
): Promise<Tf2onnxModel> {
  throwIfAborted(options.signal);
  const folder = await makeFolder();
  try {
    const { inputSize: size, layers = [] } = options;
    const request = {
      model: resolve(modelPath),
      folder,
      opset: OPSET,
      layers,
      size: size === undefined ? null : [size.height, size.width],
    };
    const answers = new ScriptAnswers(options.onProgress);
    const ending = await runScript(['convert', JSON.stringify(request)], {
      python: options.python,
      folder,
      timeoutMs: options.timeoutMs ?? CONVERSION_TIMEOUT_MS,
      signal: options.signal,
      onLine: answers.take,
    });
    const { conversion, versions } = answers.finish(ending);
    const bytes = await readFile(join(folder, 'model.onnx')).catch((cause: unknown) => {
      throw failureOf(ending, cause);
    });
    const { model, names } = renameValues(decodeModel(bytes), [
      ...conversion.inputs,
      ...conversion.outputs,
    ]);
    const outputs = conversion.outputs.map(({ layer, name }) => ({
      layer,
      name: names.get(name) ?? name,
    }));
    return { model, outputs, versions };
  } finally {
    // A child that was killed may still be at its last write.
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function makeFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'isometry-tf2onnx-'));
  } catch (cause) {
    throw new IsometryError('FILE_WRITE_FAILED', `No folder could be made in ${tmpdir()}.`, {
      hint: 'Free some space there, or name another folder with TMPDIR.',
      cause,
      details: { path: tmpdir() },
    });
  }
}
