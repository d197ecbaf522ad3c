import { basename, dirname } from 'node:path';
import {
  MANIFEST_KEY,
  serializeManifest,
  sha256Hex,
  throwIfAborted,
  type Manifest,
  type ManifestDraft,
  type Progress,
} from '@isometry/core';
import { encodeModel, withMetadata } from '@isometry/onnx';
import { runCanary, type CanaryPorts } from './canary.ts';
import { buildClassifier, type ClassifierGraph } from './classifier-graph.ts';
import { convertLayersModel } from './convert-layers-model.ts';
import { withImageMetadata } from './image-metadata.ts';
import { labelList, loaderConfig, preprocessorConfig } from './loader-files.ts';
import { modelCard } from './model-card.ts';
import { readRun } from './run-folder.ts';
import { runInvalid } from './run-invalid.ts';
import { writeFiles, type FileToWrite } from './write-files.ts';

/** Options of {@link exportRun}. Sessions and pixels are handed in as values: see `@isometry/runtime-node` and `@isometry/pixels`. */
export interface ExportRunOptions extends CanaryPorts {
  /** A path that ends in `.onnx` for that one file, or else a folder; files of the same names are replaced. */
  readonly out: string;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What {@link exportRun} made. */
export interface ExportResult {
  /** Absolute path of the `.onnx`. */
  readonly modelPath: string;
  /** SHA-256 of the `.onnx`, lower-case hex. */
  readonly modelDigest: string;
  readonly sizeBytes: number;
  /** Absolute paths of all files, the model first. */
  readonly files: readonly string[];
  readonly manifest: Manifest;
}

const STAGES = ['read-run', 'convert', 'canary', 'write'] as const;

/**
 * Exports a training run to one self-describing `.onnx`, having run it on its canary image. Nothing is written
 * before the model is whole, and nothing stays behind after a failure or an abort.
 * @throws `FILE_NOT_FOUND`, `FILE_READ_FAILED`, `RUN_INVALID`, `LAYER_UNSUPPORTED`, `MODEL_INVALID`,
 * `INFERENCE_FAILED`, `FILE_WRITE_FAILED`, `ABORTED`
 */
export async function exportRun(
  runFolder: string,
  options: ExportRunOptions,
): Promise<ExportResult> {
  const { signal } = options;
  const enter = (stage: (typeof STAGES)[number]): void => {
    throwIfAborted(signal);
    options.onProgress?.({ stage, done: STAGES.indexOf(stage), total: STAGES.length });
  };
  enter('read-run');
  const run = await readRun(runFolder);
  enter('convert');
  const classifier = buildClassifier(convertLayersModel(run), {
    temperature: run.manifest.calibration?.temperature,
  });
  assertMatches(classifier, run.manifest);
  const model = encodeModel(withImageMetadata(classifier.model, run.manifest.pixels));
  enter('canary');
  const unproven = addManifest(model, { ...run.manifest, canary: null });
  const manifest = { ...run.manifest, canary: await runCanary(unproven, run.manifest, options) };
  const bytes = addManifest(model, manifest);
  enter('write');
  const isFile = options.out.endsWith('.onnx');
  const files = await writeFiles(
    isFile ? dirname(options.out) : options.out,
    isFile ? [{ path: basename(options.out), content: bytes }] : folderFiles(bytes, manifest),
    signal,
  );
  options.onProgress?.({ stage: 'write', done: STAGES.length, total: STAGES.length });
  return {
    modelPath: files[0] as string,
    modelDigest: sha256Hex(bytes),
    sizeBytes: bytes.length,
    files,
    manifest,
  };
}

function addManifest(model: Uint8Array, manifest: Manifest): Uint8Array {
  return withMetadata(model, { [MANIFEST_KEY]: serializeManifest(manifest) });
}

function folderFiles(model: Uint8Array, manifest: Manifest): readonly FileToWrite[] {
  return [
    { path: 'onnx/model.onnx', content: model },
    { path: 'config.json', content: loaderConfig(manifest) },
    { path: 'preprocessor_config.json', content: preprocessorConfig(manifest) },
    { path: 'labels.txt', content: labelList(manifest) },
    { path: 'README.md', content: modelCard(manifest) },
  ];
}

/** Checks that the network and the manifest speak of the same input and outputs. */
function assertMatches(
  { model, isNormalised }: ClassifierGraph,
  manifest: ManifestDraft,
): void {
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
