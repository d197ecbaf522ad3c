import { join } from 'node:path';
import { throwIfAborted, type ManifestDraft } from '@isometry/core';
import { checkOptions } from './check-options.ts';
import { convert } from './convert.ts';
import type { ClassifierGraph } from './classifier-graph.ts';
import { exportClassifier } from './export-classifier.ts';
import type { ExportOptions, ExportResult } from './export-options.ts';
import { readRun } from './run-folder.ts';
import { runInvalid } from './run-invalid.ts';

/**
 * Exports a training run to one self-describing `.onnx`, having compared it with the trained network in
 * TensorFlow.js. Nothing is written before the model is whole, and nothing stays behind after a failure or an abort.
 * @throws `FILE_NOT_FOUND`, `FILE_READ_FAILED`, `RUN_INVALID`, `LAYER_UNSUPPORTED`, `EXPORT_MISMATCH`, `OPTION_INVALID`,
 * `PACKAGE_MISSING`, `INFERENCE_FAILED`, `FILE_WRITE_FAILED`, `ABORTED`
 */
export async function exportRun(runFolder: string, options: ExportOptions): Promise<ExportResult> {
  const chosen = await checkOptions(options, runFolder);
  options.onProgress?.({ stage: 'read', done: 0, total: 1 });
  const run = await readRun(runFolder);
  throwIfAborted(options.signal);
  options.onProgress?.({ stage: 'convert', done: 0, total: 1 });
  const { manifest } = run;
  const path = join(runFolder, 'model.json');
  const { converted, ...how } = await convert(path, run, options, {
    temperature: manifest.calibration?.temperature,
  });
  assertMatches(converted, manifest);
  return exportClassifier(
    {
      source: { path, format: run.format, channelOrder: 'rgb' },
      ...converted,
      manifest,
      ...how,
    },
    options,
    chosen,
  );
}

/** Checks that the network and the manifest speak of the same input and outputs. */
function assertMatches({ model, isNormalised }: ClassifierGraph, manifest: ManifestDraft): void {
  const sizes = (name: string): readonly unknown[] =>
    [...model.graph.inputs, ...model.graph.outputs]
      .find((value) => value.name === name)
      ?.dims?.map(({ size }) => size) ?? [];
  const { pixels, labels, embedding } = manifest;
  const expected: Readonly<Record<string, readonly unknown[]>> = {
    pixel_values: ['N', 3, pixels.height, pixels.width],
    logits: ['N', labels.length],
    embedding: ['N', embedding.size],
  };
  for (const [name, wanted] of Object.entries(expected)) {
    const found = sizes(name);
    if (found.join() !== wanted.join()) {
      throw runInvalid(
        'run.json',
        `its manifest wants "${name}" of shape [${wanted.join(', ')}], the network has [${found.join(', ')}]`,
      );
    }
  }
  if (isNormalised !== embedding.normalised) {
    throw runInvalid(
      'run.json',
      `its manifest says that the embedding is ${embedding.normalised ? '' : 'not '}normalised, the network does otherwise`,
    );
  }
}
