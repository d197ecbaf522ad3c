import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import {
  MANIFEST_KEY,
  serializeManifest,
  throwIfAborted,
  type ExportRecord,
  type Manifest,
  type ManifestDraft,
} from '@isometry/core';
import { encodeExternal, type EncodedModel, type OnnxModel } from '@isometry/onnx';
import { runCanary } from './canary.ts';
import type { ChosenFiles } from './check-options.ts';
import type { ExportImage } from './export-image.ts';
import type { ExportedModel, ExportOptions, ExportResult } from './export-options.ts';
import { withImageMetadata } from './image-metadata.ts';
import { labelList, loaderConfig, MODEL_FILES, preprocessorConfig } from './loader-files.ts';
import { makeVariant } from './make-variants.ts';
import { modelCard } from './model-card.ts';
import { openEncoded, sideFileOf } from './open-encoded.ts';
import { proveModel, type UnprovenModel } from './proof/prove-model.ts';
import { writeFiles, type FileToWrite } from './write-files.ts';

/** A model that is ready to be proven and written. */
export interface ConvertedModel extends Omit<UnprovenModel, 'pixels'> {
  readonly manifest: ManifestDraft;
  readonly converter: ExportRecord['converter'];
}

/**
 * Proves a converted model, makes the variants that were asked for, and writes. Nothing is written before all is
 * whole, and nothing stays behind after a failure or an abort.
 * @throws what {@link proveModel} and {@link makeVariant} throw, `FILE_WRITE_FAILED`
 */
export async function exportClassifier(
  converted: ConvertedModel,
  options: ExportOptions,
  { isFile, precisions }: ChosenFiles,
): Promise<ExportResult> {
  const { out, signal, onProgress } = options;
  const { manifest: draft, converter } = converted;
  const model = withImageMetadata(converted.model, draft.pixels);
  if (!converted.outputs.some(({ output }) => output === 'embedding')) {
    options.onWarning?.('No layer is known to be the embedding: it is not compared.');
  }
  const proof = await proveModel(
    { ...converted, model, pixels: draft.pixels },
    { ...options, images: proofImages(options.images) },
  );
  const made: { readonly file: string; readonly encoded: EncodedModel; manifest: Manifest }[] = [];
  for (const precision of precisions) {
    // One after the other: each holds a model in memory and takes all cores.
    // oxlint-disable-next-line no-await-in-loop
    const { model: own, record } = await makeVariant(model, draft.pixels, precision, options);
    const file = isFile ? basename(out) : MODEL_FILES[precision].path;
    onProgress?.({ stage: 'canary', done: 0, total: 1 });
    // oxlint-disable-next-line no-await-in-loop
    const canary = await proveCanary(own, file, draft, options);
    const exported: ExportRecord = { converter, precision, proof, variant: record };
    const manifest: Manifest = { ...draft, export: exported, canary };
    const encoded = encodeExternal(withManifest(own, manifest), {
      location: basename(sideFileOf(file)),
    });
    made.push({ file, encoded, manifest });
  }
  throwIfAborted(signal);
  onProgress?.({ stage: 'write', done: 0, total: 1 });
  const models = made.flatMap(({ file, encoded }) => modelFiles(file, encoded));
  const others = isFile ? [] : folderFiles(made.map(({ manifest }) => manifest));
  const paths = await writeFiles(isFile ? dirname(out) : out, [...models, ...others], signal);
  const pathOf = new Map([...models, ...others].map(({ path }, index) => [path, paths[index]]));
  onProgress?.({ stage: 'write', done: 1, total: 1 });
  const exported = made.map(({ file, encoded, manifest }): ExportedModel => ({
    path: pathOf.get(file) as string,
    digest: createHash('sha256').update(encoded.model).digest('hex'),
    sizeBytes: encoded.model.length + encoded.dataSizeBytes,
    manifest,
  }));
  const { path, digest, ...rest } = exported[0] as ExportedModel;
  return { ...rest, modelPath: path, modelDigest: digest, models: exported, files: paths };
}

/** Any will do; those that training did not see go first. */
function proofImages(images: ExportOptions['images']): readonly ExportImage[] {
  if (images === undefined) return [];
  return images.test.length > 0 ? images.test : images.calibration;
}

async function proveCanary(
  model: OnnxModel,
  file: string,
  draft: ManifestDraft,
  options: ExportOptions,
): Promise<NonNullable<Manifest['canary']>> {
  const location = basename(sideFileOf(file));
  const encoded = encodeExternal(withManifest(model, { ...draft, canary: null }), { location });
  const session = await openEncoded(encoded, location, options.out, options);
  try {
    return await runCanary(session, draft, options);
  } finally {
    await session.close();
  }
}

function withManifest(model: OnnxModel, manifest: Manifest): OnnxModel {
  const metadata = new Map([...model.metadata, [MANIFEST_KEY, serializeManifest(manifest)]]);
  return { ...model, metadata };
}

function modelFiles(file: string, { model, data }: EncodedModel): readonly FileToWrite[] {
  const own = { path: file, content: model };
  return data.length === 0 ? [own] : [own, { path: sideFileOf(file), content: data }];
}

function folderFiles([first, ...others]: readonly Manifest[]): readonly FileToWrite[] {
  if (first === undefined) return [];
  return [
    { path: 'config.json', content: loaderConfig(first) },
    { path: 'preprocessor_config.json', content: preprocessorConfig(first) },
    { path: 'labels.txt', content: labelList(first) },
    { path: 'README.md', content: modelCard(first, others) },
  ];
}
