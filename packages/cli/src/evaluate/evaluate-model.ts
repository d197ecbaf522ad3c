import { basename, resolve } from 'node:path';
import {
  IsometryError,
  type Classifier,
  type Manifest,
  type PixelSpec,
  type Progress,
  type Provider,
} from '@isometry/core';
import { datasetDigest, type LabelledFile } from '@isometry/dataset';
import type { Evaluation } from '@isometry/report';
import type { ImageSource } from '@isometry/runtime-node';
import { ownVersion } from '../own-version.ts';
import { chooseImages, type ChooseImagesOptions } from './choose-images.ts';
import { measureAnswers } from './measure-answers.ts';
import { projectEmbeddings } from './project-embeddings.ts';
import { readAnswers, type Answers } from './read-answers.ts';
import { readModelHistory } from './read-history.ts';

export interface EvaluateModelOptions extends ChooseImagesOptions {
  readonly providers: readonly Provider[];
  /** Whether t-SNE and UMAP of the embeddings are computed. @defaultValue true */
  readonly maps?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What {@link evaluateModel} finds out. */
export interface EvaluatedModel {
  readonly evaluation: Evaluation;
  /** `[N, D]`, row-major, in the order of `evaluation.images`. */
  readonly embeddings: Float32Array;
  /** How the model reads images. */
  readonly pixels: PixelSpec;
}

/** Above this share of unreadable images the folder is at fault, not a few files: as in training. */
const MAX_UNREADABLE_SHARE = 0.05;

/**
 * Evaluates an exported model on labelled images through the runtime: the same decoding, session and decision as in use.
 * @throws `DATASET_*`, `FILE_*`, `MODEL_*`, `MANIFEST_*`, `PROVIDER_UNAVAILABLE`, `OPTION_INVALID`, `ABORTED`
 */
export async function evaluateModel(
  model: string,
  images: string,
  options: EvaluateModelOptions,
): Promise<EvaluatedModel> {
  const { signal, onProgress } = options;
  const { loadClassifier } = await import('@isometry/runtime-node');
  const classifier = await loadClassifier(model, { providers: options.providers, signal });
  try {
    const { manifest } = classifier;
    const history = await readModelHistory(options.run, manifest);
    const chosen = await chooseImages(images, manifest, options);
    const read = (stage: string, files: readonly LabelledFile[]): Promise<Answers> =>
      readAnswers(classifier, images, files, { stage, signal, onProgress });
    const answers = await read('evaluate', chosen.files);
    assertReadable(answers, chosen.files.length, 'images');
    const reference =
      chosen.reference.length === 0 ? undefined : await read('reference', chosen.reference);
    if (reference !== undefined) {
      assertReadable(reference, chosen.reference.length, 'training images');
    }
    const digest = datasetDigest(
      answers.files.map(({ label }, row) => ({ label, sha256: answers.digests[row] as string })),
    );
    const { groups } = chosen;
    const measured = await measureAnswers(answers, manifest, {
      reference,
      groups,
      signal,
      onProgress,
    });
    const maps =
      options.maps === false
        ? { tsne: null, umap: null, warnings: [] }
        : await projectEmbeddings(answers.embeddings, manifest.embedding, options);
    const isTraining = chosen.split === null && manifest.training?.dataDigest === digest;
    const evaluation: Evaluation = {
      kind: 'isometry.evaluation',
      version: 1,
      software: `isometry ${await ownVersion()}`,
      model: describeModel(classifier),
      data: {
        name: basename(resolve(images)),
        split: chosen.split,
        digest,
        count: answers.files.length,
        classes: manifest.labels.map((label) => ({
          label,
          count: answers.files.filter((file) => file.label === label).length,
        })),
        groups: measured.groups,
        skipped: [...answers.skipped],
        warnings: [
          ...(isTraining ? [TRAINED_ON_THESE] : []),
          ...chosen.warnings,
          ...history.warnings,
          ...unreadReferences(reference, chosen.reference.length),
          ...maps.warnings,
          ...[...answers.warnings].map(
            ([code, count]) => `${count} of the images: ${code} (see docs/pixels.md).`,
          ),
        ],
      },
      ...measured.metrics,
      maps: { tsne: maps.tsne, umap: maps.umap },
      history: history.epochs === null ? null : [...history.epochs],
    };
    return { evaluation, embeddings: answers.embeddings, pixels: manifest.pixels };
  } finally {
    await classifier.close();
  }
}

const TRAINED_ON_THESE =
  'These are the images that the model was trained with, most of them in its training split: the figures are too good. ' +
  'Name the run with --run, and its test split is evaluated.';

function assertReadable({ skipped, files }: Answers, total: number, what: string): void {
  if (skipped.length <= MAX_UNREADABLE_SHARE * total && files.length > 0) return;
  const named = skipped.slice(0, 5).map(({ file, code }) => `${file} (${code})`);
  throw new IsometryError(
    'DATASET_UNREADABLE',
    `${skipped.length} of ${total} ${what} could not be read: ${named.join(', ')}${skipped.length > 5 ? ', …' : ''}.`,
    {
      hint: 'Remove or convert these files: JPEG, PNG and WebP are read.',
      details: { count: skipped.length, total, skipped: skipped.slice(0, 5) },
    },
  );
}

function unreadReferences(reference: Answers | undefined, total: number): readonly string[] {
  const count = reference?.skipped.length ?? 0;
  return count === 0
    ? []
    : [
        `${count} of ${total} training images could not be read: neighbours and class means are those of the others.`,
      ];
}

function describeModel({
  manifest,
  modelDigest,
  provider,
}: Classifier<ImageSource>): Evaluation['model'] {
  return {
    name: manifest.name,
    digest: modelDigest,
    provider,
    labels: [...manifest.labels],
    embedding: manifest.embedding,
    training: manifest.training === null ? null : describeTraining(manifest.training),
  };
}

function describeTraining({
  backbone,
  loss,
  seed,
  hyperparameters,
}: NonNullable<Manifest['training']>): NonNullable<Evaluation['model']['training']> {
  const text = (name: string): string => String(hyperparameters[name] ?? 'unknown');
  // Twelve digits of a digest tell files apart; the model's manifest has them all.
  const weights = text('weights').replace(/^(sha256:[0-9a-f]{12})[0-9a-f]+$/u, '$1…');
  return { backbone, loss: loss.name, protocol: text('protocol'), seed, weights };
}
