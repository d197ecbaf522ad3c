import type { Interval } from '@isometry/core';

/** What `kind` an evaluation's JSON has, and the version that this release writes, the latest that it reads. */
export const EVALUATION_KIND = 'isometry.evaluation';
export const EVALUATION_VERSION = 1;

/** One model on one set of images: everything that its report says, as JSON. See docs/evaluation.md. */
export interface Evaluation {
  readonly kind: typeof EVALUATION_KIND;
  readonly version: typeof EVALUATION_VERSION;
  /** What wrote it, e.g. `isometry 0.1.0`. */
  readonly software: string;
  readonly model: EvaluatedModelRecord;
  readonly data: EvaluatedData;
  readonly classification: ClassificationRecord;
  readonly calibration: CalibrationRecord;
  readonly retrieval: RetrievalRecord;
  readonly distances: DistanceRecord;
  readonly maps: MapsRecord;
  /** One curve a class that has images and is not the only one that has. */
  readonly roc: readonly RocRecord[];
  readonly images: readonly EvaluatedImage[];
  /** Epoch by epoch; null where the run is not known. */
  readonly history: readonly EpochRecord[] | null;
}

/** The model, as its file says. */
export interface EvaluatedModelRecord {
  readonly name: string;
  /** SHA-256 of the file, lower-case hex. */
  readonly digest: string;
  /** The execution provider that ran it. */
  readonly provider: string;
  readonly labels: readonly string[];
  readonly embedding: {
    readonly size: number;
    readonly normalised: boolean;
    readonly distance: 'euclidean' | 'cosine';
  };
  /** Null when the file does not say. */
  readonly training: {
    readonly backbone: string;
    readonly loss: string;
    readonly protocol: string;
    readonly seed: number;
    readonly weights: string;
  } | null;
}

export interface EvaluatedData {
  /** The folder's name. */
  readonly name: string;
  readonly split: string | null;
  /** SHA-256 over the sorted `label TAB sha256-of-file LF` lines of the images. */
  readonly digest: string;
  readonly count: number;
  /** In the order of the model's labels. */
  readonly classes: readonly { readonly label: string; readonly count: number }[];
  /** How many groups (patients, lesions) the images are of; null where that is not known. */
  readonly groups: number | null;
  readonly skipped: readonly SkippedFile[];
  /** Sentences that stand at the top of the report. */
  readonly warnings: readonly string[];
}

/** An image that could not be read. */
export interface SkippedFile {
  readonly file: string;
  readonly code: string;
  readonly message: string;
}

/** Definitions are scikit-learn's with `zero_division=0`. */
export interface ClassificationRecord {
  readonly accuracy: Interval;
  readonly balancedAccuracy: Interval;
  readonly macroF1: Interval;
  readonly macro: MeanScores;
  readonly weighted: MeanScores;
  readonly rocAuc: { readonly macro: number | null; readonly weighted: number | null };
  /** Rows truth, columns predicted, in the order of the model's labels. */
  readonly confusion: readonly (readonly number[])[];
  /** In the order of the model's labels. */
  readonly classes: readonly ClassRecord[];
}

export interface MeanScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export interface ClassRecord {
  readonly label: string;
  /** Images of the class. */
  readonly support: number;
  /** Images taken for it. */
  readonly predicted: number;
  readonly precision: number;
  /** Null without images. */
  readonly recall: Interval | null;
  readonly f1: number;
  /** One against the rest; null where one of the two has no image. */
  readonly rocAuc: number | null;
}

export interface CalibrationRecord {
  /** Expected calibration error over bins of equal width. */
  readonly ece: number;
  /** The same over bins of equally many images. */
  readonly adaptiveEce: number;
  readonly brier: number;
  readonly nll: number;
  /** Of the most probable class; an empty bin's means are 0 or null. */
  readonly bins: readonly {
    readonly low: number;
    readonly high: number;
    readonly count: number;
    readonly confidence: number | null;
    readonly accuracy: number | null;
  }[];
}

/** Definitions are pytorch-metric-learning's. Null where no image has another one of its class. */
export interface RetrievalRecord {
  /** What neighbours and prototypes are looked up in; the retrieval scores are among the images themselves. */
  readonly reference: string;
  readonly queries: number;
  /** Images whose class has no other: they ask for nothing. */
  readonly loneQueries: number;
  readonly precisionAt1: number | null;
  readonly rPrecision: number | null;
  readonly mapAtR: number | null;
  /** Means of the classes' means. */
  readonly macro: {
    readonly precisionAt1: number | null;
    readonly rPrecision: number | null;
    readonly mapAtR: number | null;
  };
  readonly recallAt: readonly { readonly k: number; readonly value: number | null }[];
  readonly neighbours: readonly { readonly k: number; readonly accuracy: number | null }[];
  readonly prototypeAccuracy: number | null;
}

/** How many pairs of images lie how far apart. */
export interface DistanceRecord {
  /** One more than bars, ascending. */
  readonly edges: readonly number[];
  /** Pairs of one class. */
  readonly positive: readonly number[];
  /** Pairs of two classes. */
  readonly negative: readonly number[];
  readonly unit: 'euclidean' | 'cosine';
}

/** `[x, y]` of every image, in their order. */
export interface MapsRecord {
  readonly tsne: readonly (readonly number[])[] | null;
  readonly umap: readonly (readonly number[])[] | null;
}

export interface RocRecord {
  readonly label: string;
  readonly falsePositiveRate: readonly number[];
  readonly truePositiveRate: readonly number[];
}

export interface EvaluatedImage {
  /** Relative to the folder, with forward slashes. */
  readonly file: string;
  readonly label: string;
  readonly predicted: string;
  /** In the order of the model's labels. */
  readonly probabilities: readonly number[];
  readonly group: string | null;
}

export interface EpochRecord {
  readonly stage: string;
  /** From 1. */
  readonly epoch: number;
  readonly values: Readonly<Record<string, number>>;
}
