import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { IsometryError, type Precision, type Progress } from '@isometry/core';
import type { ExportOptions, ExportResult } from '@isometry/export';
import { converterPython } from '../setup/converter-python.ts';
import { collectOtherImages, collectRunImages, type CollectedImages } from './collect-images.ts';
import { exportPorts, importExporter } from './export-run.ts';
import { parsePixels } from './parse-pixels.ts';
import { readLabels } from './read-labels.ts';

/** What describes a model that Isometry did not train. */
export interface Description {
  readonly labels?: string;
  readonly pixels?: string;
  readonly embedding?: string;
  readonly logits?: string;
  readonly inputSize?: { readonly width: number; readonly height: number };
  readonly name?: string;
  readonly license?: string;
  readonly intendedUse?: string;
}

export interface ExportHereOptions extends Description {
  readonly out: string;
  readonly precisions: readonly Precision[];
  readonly converter: 'native' | 'tf2onnx';
  readonly images?: string;
  readonly group?: string;
  readonly calibrationImages?: number;
  /** As a share of 1. */
  readonly maxDrop?: number;
  readonly reduceRange?: boolean;
  readonly fold: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onWarning: (message: string) => void;
  /** Told what is good to know. */
  readonly onNote: (message: string) => void;
}

/**
 * Exports a run, or any other tfjs model with what describes it.
 * @throws `OPTION_INVALID`, what `exportRun` and `exportModel` throw
 */
export async function exportHere(
  source: string,
  options: ExportHereOptions,
): Promise<ExportResult> {
  const { exportRun, exportModel, readRunManifest } = await importExporter();
  const tf2onnx =
    options.converter === 'tf2onnx' ? { python: await findConverter(options) } : undefined;
  const shared: Omit<ExportOptions, 'images'> = {
    tf2onnx,
    ...(await exportPorts(options.signal)),
    out: options.out,
    precisions: options.precisions,
    calibrationImages: options.calibrationImages,
    maxDrop: options.maxDrop,
    reduceRange: options.reduceRange,
    fold: options.fold,
    signal: options.signal,
    onProgress: options.onProgress,
    onWarning: options.onWarning,
  };
  const warned = ({ images, warnings }: CollectedImages): CollectedImages['images'] => {
    for (const warning of warnings) options.onWarning(warning);
    return images;
  };
  const modelJson = await findModelJson(source);
  if (modelJson === undefined) {
    assertUndescribed(options);
    const { labels } = await readRunManifest(source);
    const images = warned(await collectRunImages(source, labels, options));
    return exportRun(source, { ...shared, images });
  }
  const labels = await findLabels(modelJson, options.labels);
  const { pixels, name, inputSize } = options;
  if (pixels === undefined) {
    throw missing('pixels', 'how the model wants its pixels', 'tf (-1 to 1), unit (0 to 1) …');
  }
  const images =
    options.images === undefined
      ? undefined
      : warned(await collectOtherImages(options.images, labels, options));
  return exportModel(modelJson, {
    ...shared,
    images,
    labels,
    pixels: parsePixels(pixels),
    name: name ?? nameOf(modelJson),
    inputSize,
    embedding: options.embedding,
    logits: options.logits,
    license: options.license,
    intendedUse: options.intendedUse,
  });
}

/**
 * The Python that has tf2onnx; what it found is said.
 * @throws `CONVERTER_UNAVAILABLE`
 */
async function findConverter({
  env,
  signal,
  onNote,
}: Pick<ExportHereOptions, 'env' | 'signal' | 'onNote'>): Promise<string | undefined> {
  const { findTf2onnx, formatVersions } = await importExporter();
  const python = converterPython(env);
  const versions = await findTf2onnx({ python, signal });
  onNote(`converting by ${formatVersions(versions)}`);
  return python;
}

/** The model.json that is meant; undefined for the folder of a training run. */
async function findModelJson(source: string): Promise<string | undefined> {
  const isFolder = await stat(source).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isFolder) return source.endsWith('.json') ? source : undefined;
  const [isRun, isModel] = await Promise.all(
    ['run.json', 'model.json'].map((name) =>
      stat(join(source, name)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return isModel === true && isRun === false ? join(source, 'model.json') : undefined;
}

/** The labels that are named, or those that Teachable Machine writes beside its model. */
async function findLabels(modelJson: string, file: string | undefined): Promise<readonly string[]> {
  if (file !== undefined) return readLabels(file);
  try {
    return await readLabels(join(dirname(modelJson), 'metadata.json'));
  } catch {
    throw missing('labels', 'the labels of the model', 'a file with one label a line');
  }
}

function missing(option: string, what: string, example: string): IsometryError {
  return new IsometryError('OPTION_INVALID', `The file does not say ${what}.`, {
    hint: `Name it with --${option}: ${example}. See \`isometry export --help\`.`,
    details: { option },
  });
}

const DESCRIBED = {
  labels: '--labels',
  pixels: '--pixels',
  embedding: '--embedding',
  logits: '--logits',
  inputSize: '--input-size',
  name: '--name',
  license: '--license',
  intendedUse: '--intended-use',
} as const satisfies Record<keyof Description, string>;

function assertUndescribed(options: Description): void {
  const first = Object.entries(DESCRIBED).find(
    ([name]) => options[name as keyof Description] !== undefined,
  );
  if (first === undefined) return;
  throw new IsometryError('OPTION_INVALID', `${first[1]} is for models that no run describes.`, {
    hint: 'Leave it away: the run says all of that. To export its model.json as any other, name that file.',
    details: { option: first[0] },
  });
}

/** A name for a model that has none: its folder's. */
function nameOf(modelJson: string): string {
  const name = basename(dirname(resolve(modelJson))).slice(0, 200);
  return name === '' ? 'model' : name;
}
