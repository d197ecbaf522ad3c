import {
  adaptiveCalibrationError,
  bootstrapInterval,
  brierScore,
  calibrationBins,
  confusionMatrix,
  distanceHistogram,
  expectedCalibrationError,
  measureRetrieval,
  nearestNeighbourAccuracy,
  nearestPrototypeAccuracy,
  negativeLogLikelihood,
  rocAucOneVsRest,
  rocCurve,
  scoreConfusion,
  wilsonInterval,
  type ClassificationScores,
  type EmbeddingSet,
  type Interval,
  type Manifest,
} from '@isometry/core';
import type { Evaluation } from '@isometry/report';
import type { Answers } from './read-answers.ts';

/** The neighbours of the k-NN classifier. */
const NEIGHBOURS = [1, 5, 11];

/** Bars of the histogram of distances: some 30 show two overlapping humps without noise. */
const DISTANCE_BINS = 32;

export interface MeasureAnswersOptions {
  /** Images whose classes neighbours and prototypes are taken from, e.g. the training split. @defaultValue the images themselves */
  readonly reference?: Answers | undefined;
  /** Images of one group are no independent evidence: intervals draw whole groups. */
  readonly groups?: ReadonlyMap<string, string> | undefined;
}

type Metrics = Pick<
  Evaluation,
  'classification' | 'calibration' | 'retrieval' | 'distances' | 'roc' | 'images'
>;

/** Computes everything that is said of a model from its answers. */
export function measureAnswers(
  answers: Answers,
  manifest: Manifest,
  { reference, groups }: MeasureAnswersOptions,
): { readonly metrics: Metrics; readonly groups: number | null } {
  const { labels } = manifest;
  const { probabilities, files } = answers;
  const classes = labels.length;
  const truth = files.map(({ label }) => labels.indexOf(label));
  const predicted = files.map((_, row) => largest(rowOf(probabilities, row, classes)));
  const groupOf = files.map(({ file }) => groups?.get(file) ?? null);
  const clusters = groups === undefined ? undefined : numberGroups(files, groupOf);
  const scoresOf = (rows: Int32Array): ClassificationScores =>
    scoreConfusion(
      confusionMatrix(
        [...rows].map((row) => truth[row] as number),
        [...rows].map((row) => predicted[row] as number),
        classes,
      ),
    );
  const bootstrap = (statistic: (scores: ClassificationScores) => number): Interval =>
    bootstrapInterval(files.length, (rows) => statistic(scoresOf(rows)), { clusters });
  const confusion = confusionMatrix(truth, predicted, classes);
  const scores = scoreConfusion(confusion);
  const auc = rocAucOneVsRest(probabilities, truth, classes);
  const right = predicted.filter((own, row) => own === truth[row]).length;
  const metrics: Metrics = {
    classification: {
      accuracy:
        clusters === undefined
          ? wilsonInterval(right, files.length)
          : bootstrap(({ accuracy }) => accuracy),
      balancedAccuracy: bootstrap(({ balancedAccuracy }) => balancedAccuracy),
      macroF1: bootstrap(({ macro }) => macro.f1),
      macro: scores.macro,
      weighted: scores.weighted,
      rocAuc: { macro: auc.macro, weighted: auc.weighted },
      confusion,
      classes: scores.classes.map(({ recall, support, ...own }, index) => ({
        label: labels[index] as string,
        support,
        ...own,
        recall: support === 0 ? null : wilsonInterval(Math.round(recall * support), support),
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
    ...measureEmbeddings(answers, reference, manifest),
    roc: labels.flatMap((label, index) => {
      const isPositive = truth.map((own) => own === index);
      if (auc.classes[index] === null) return [];
      const curve = rocCurve(column(probabilities, index, classes), isPositive);
      return [
        {
          label,
          falsePositiveRate: [...curve.falsePositiveRate],
          truePositiveRate: [...curve.truePositiveRate],
        },
      ];
    }),
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

function measureEmbeddings(
  answers: Answers,
  reference: Answers | undefined,
  { labels, embedding }: Manifest,
): Pick<Metrics, 'retrieval' | 'distances'> {
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
  const known = reference?.files.length ?? answers.files.length - 1;
  return {
    retrieval: {
      // As the field reports it: every image looks for its like among the others.
      ...measureRetrieval(query, { distance }),
      reference: reference === undefined ? 'the images themselves' : 'the training split',
      neighbours: NEIGHBOURS.filter((k) => k <= known).map((k) => ({
        k,
        accuracy: nearestNeighbourAccuracy(query, { ...options, k }),
      })),
      prototypeAccuracy: nearestPrototypeAccuracy(query, options),
    },
    distances: { ...distanceHistogram(query, { distance, bins: DISTANCE_BINS }), unit: distance },
  };
}

/** An image without a group stands for itself. */
function numberGroups(
  files: Answers['files'],
  groups: readonly (string | null)[],
): readonly number[] {
  const numbers = new Map<string, number>();
  return files.map(({ file }, row) => {
    const group = groups[row];
    const key = group === null || group === undefined ? `file ${file}` : `group ${group}`;
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  });
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
