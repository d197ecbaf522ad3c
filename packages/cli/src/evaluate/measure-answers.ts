import {
  adaptiveCalibrationError,
  bootstrapScores,
  brierScore,
  calibrationBins,
  confusionMatrix,
  distanceHistogram,
  expectedCalibrationError,
  measureNearest,
  nearestPrototypeAccuracy,
  negativeLogLikelihood,
  numberClusters,
  rocAucOneVsRest,
  rocCurve,
  scoreConfusion,
  wilsonInterval,
  type EmbeddingSet,
  type Manifest,
  type Progress,
  type Steps,
} from '@isometry/core';
import type { Evaluation } from '@isometry/report';
import type { Answers } from './read-answers.ts';
import { letOthersRun, takeSteps } from './take-steps.ts';

/** The neighbours of the k-NN classifier. */
const NEIGHBOURS = [1, 5, 11];

export interface MeasureAnswersOptions {
  /** Images whose classes neighbours and prototypes are taken from, e.g. the training split. @defaultValue the images themselves */
  readonly reference?: Answers | undefined;
  /** Images of one group are no independent evidence: intervals draw whole groups. */
  readonly groups?: ReadonlyMap<string, string> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Stage `measure`: images whose neighbours are found, which takes the longest. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

type Metrics = Pick<
  Evaluation,
  'classification' | 'calibration' | 'retrieval' | 'distances' | 'roc' | 'images'
>;

/** Computes everything that is said of a model from its answers, in turns with others. @throws `ABORTED` */
export async function measureAnswers(
  answers: Answers,
  manifest: Manifest,
  options: MeasureAnswersOptions,
): Promise<{ readonly metrics: Metrics; readonly groups: number | null }> {
  const { groups, signal } = options;
  const { labels } = manifest;
  const { probabilities, files } = answers;
  const classes = labels.length;
  const truth = files.map(({ label }) => labels.indexOf(label));
  const predicted = files.map((_, row) => largest(rowOf(probabilities, row, classes)));
  const groupOf = files.map(({ file }) => groups?.get(file) ?? null);
  const clusters =
    groups === undefined
      ? undefined
      : numberClusters(files.map(({ file }, row) => ({ file, group: groupOf[row] ?? null })));
  const embedded = await measureEmbeddings(answers, manifest, options);
  const confusion = confusionMatrix(truth, predicted, classes);
  const scores = scoreConfusion(confusion);
  const intervals = await takeSteps(bootstrapScores(truth, predicted, classes, { clusters }), {
    signal,
  });
  const auc = rocAucOneVsRest(probabilities, truth, classes);
  await letOthersRun(signal);
  const right = predicted.filter((own, row) => own === truth[row]).length;
  const metrics: Metrics = {
    classification: {
      accuracy: clusters === undefined ? wilsonInterval(right, files.length) : intervals.accuracy,
      balancedAccuracy: intervals.balancedAccuracy,
      macroF1: intervals.macroF1,
      macro: scores.macro,
      weighted: scores.weighted,
      rocAuc: { macro: auc.macro, weighted: auc.weighted },
      confusion,
      classes: scores.classes.map(({ recall, support, ...own }, index) => ({
        label: labels[index] as string,
        support,
        ...own,
        recall:
          clusters === undefined && support > 0
            ? wilsonInterval(Math.round(recall * support), support)
            : (intervals.recalls[index] ?? null),
        rocAuc: auc.classes[index] ?? null,
      })),
    },
    calibration: {
      ece: expectedCalibrationError(probabilities, truth, classes),
      adaptiveEce: adaptiveCalibrationError(probabilities, truth, classes),
      brier: brierScore(probabilities, truth, classes),
      nll: negativeLogLikelihood(probabilities, truth, classes),
      bins: calibrationBins(probabilities, truth, classes),
    },
    ...embedded,
    roc: await takeSteps(
      measureCurves(probabilities, truth, labels, (index) => auc.classes[index] !== null),
      { signal },
    ),
    images: files.map(({ file, label }, row) => ({
      file,
      label,
      predicted: labels[predicted[row] as number] as string,
      probabilities: [...rowOf(probabilities, row, classes)],
      group: groupOf[row] ?? null,
    })),
  };
  return { metrics, groups: clusters === undefined ? null : new Set(clusters).size };
}

/** @yields the labels done */
function* measureCurves(
  probabilities: Float32Array,
  truth: readonly number[],
  labels: readonly string[],
  hasCurve: (index: number) => boolean,
): Steps<Metrics['roc']> {
  const curves: Metrics['roc'][number][] = [];
  for (const [index, label] of labels.entries()) {
    if (hasCurve(index)) {
      const isPositive = truth.map((own) => own === index);
      const curve = rocCurve(column(probabilities, index, labels.length), isPositive);
      curves.push({
        label,
        falsePositiveRate: [...curve.falsePositiveRate],
        truePositiveRate: [...curve.truePositiveRate],
      });
    }
    yield index + 1;
  }
  return curves;
}

async function measureEmbeddings(
  answers: Answers,
  { labels, embedding }: Manifest,
  { reference, signal, onProgress }: MeasureAnswersOptions,
): Promise<Pick<Metrics, 'retrieval' | 'distances'>> {
  const set = (own: Answers): EmbeddingSet => ({
    data: own.embeddings,
    size: embedding.size,
    classes: own.files.map(({ label }) => labels.indexOf(label)),
  });
  const query = set(answers);
  const { distance } = embedding;
  const options = {
    distance,
    ...(reference === undefined ? {} : { reference: set(reference) }),
  };
  const count = answers.files.length;
  const total = reference === undefined ? count : 2 * count;
  const known = reference?.files.length ?? count - 1;
  const report = (done: number): void => onProgress?.({ stage: 'measure', done, total });
  report(0);
  // Retrieval as the field reports it: every image looks for its like among the others.
  const { retrieval, neighbours } = await takeSteps(
    measureNearest(query, { ...options, neighbours: NEIGHBOURS.filter((k) => k <= known) }),
    { signal, onStep: report },
  );
  const prototypeAccuracy = nearestPrototypeAccuracy(query, options);
  await letOthersRun(signal);
  const distances = distanceHistogram(query, { distance });
  await letOthersRun(signal);
  report(total);
  return {
    retrieval: {
      ...retrieval,
      reference: reference === undefined ? 'the images themselves' : 'the training split',
      neighbours,
      prototypeAccuracy,
    },
    distances: { ...distances, unit: distance },
  };
}

function rowOf(values: Float32Array, row: number, columns: number): Float32Array {
  return values.subarray(row * columns, (row + 1) * columns);
}

function column(values: Float32Array, index: number, columns: number): number[] {
  return Array.from(
    { length: values.length / columns },
    (_, row) => values[row * columns + index] as number,
  );
}

/** The first of equal ones, as `topK` has it. */
function largest(values: Float32Array): number {
  return values.indexOf(Math.max(...values));
}
