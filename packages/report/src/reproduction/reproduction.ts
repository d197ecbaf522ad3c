import type { Interval } from '@isometry/core';
import type { PaperScores } from './paper-results.ts';

/** A backbone, a loss and a seed. */
export interface GridCell {
  readonly backbone: string;
  readonly loss: string;
  readonly seed: number;
}

/** What one training reached on its test images, and what it cost. */
export interface CellScores extends GridCell {
  readonly modelDigest: string;
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  readonly macroF1: number;
  readonly precisionAt1: number | null;
  readonly rPrecision: number | null;
  readonly mapAtR: number | null;
  readonly prototypeAccuracy: number | null;
  readonly ece: number;
  /** The epoch that each stage ended with, from 1, by stage. */
  readonly epochs: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMemoryBytes: number | null;
  /** In how many processes it was trained: 1 when it was never stopped. */
  readonly sessions: number;
}

/** The scores of the paper's table 2, and two that do not lean to the large classes. */
export type ScoreName = 'precision' | 'recall' | 'f1' | 'accuracy' | 'balancedAccuracy' | 'macroF1';

/** A backbone with a loss, over its seeds. */
export interface GridRow {
  readonly backbone: string;
  readonly loss: string;
  readonly seeds: readonly number[];
  /**
   * Means over the seeds, 0 to 1; precision, recall and F1 support-weighted, as the paper's look. Intervals: bootstrap that draws
   * the test images (their groups, where known) anew, for all seeds alike.
   */
  readonly scores: Readonly<Record<ScoreName, Interval>>;
  /** Every seed's accuracy and balanced accuracy, in the order of `seeds`. */
  readonly bySeed: readonly { readonly accuracy: number; readonly balancedAccuracy: number }[];
  /** In percent; null where the paper has no such row. */
  readonly paper: PaperScores | null;
  /** Against cross-entropy of the same backbone, seeds and images; null for cross-entropy itself, or where it is missing. */
  readonly comparison: GridComparison | null;
  /** Sum over the seeds, rows truth. */
  readonly confusion: readonly (readonly number[])[];
}

export interface GridComparison {
  /** The seeds that both have. */
  readonly seeds: readonly number[];
  /** This loss minus cross-entropy, means over the seeds. */
  readonly accuracy: PairedDifference;
  readonly balancedAccuracy: PairedDifference;
  /** Seed by seed: what the training itself adds to the differences, and McNemar's exact test. */
  readonly bySeed: readonly {
    readonly seed: number;
    /** This loss minus cross-entropy, 0 to 1. */
    readonly accuracy: number;
    readonly balancedAccuracy: number;
    /** Images that only this loss has right, and only cross-entropy. */
    readonly onlyThis: number;
    readonly onlyCrossEntropy: number;
    readonly pValue: number;
  }[];
}

export interface PairedDifference {
  /** Draws the test images anew, and keeps the trainings as they are. */
  readonly difference: Interval;
  /** Of the same draws: it says nothing of other trainings. */
  readonly pValue: number;
  /** Holm's correction for the losses that are compared on one backbone. */
  readonly adjustedPValue: number;
  /** Student's t over the seeds' differences: what other seeds would change. Null with one seed. */
  readonly overSeeds: Interval | null;
}

/** What `isometry reproduce` found: the content of its page, as JSON. */
export interface Reproduction {
  readonly kind: 'isometry.reproduction';
  readonly version: 1;
  readonly software: string;
  readonly protocol: string;
  /** What was set besides the protocol, e.g. `epochs`. */
  readonly settings: Readonly<Record<string, string | number>>;
  /** Where each backbone started: `random`, or a file by its digest. */
  readonly weights: Readonly<Record<string, string>>;
  readonly data: {
    readonly name: string;
    readonly digest: string;
    readonly labels: readonly string[];
    /** Test images of every seed. */
    readonly testImages: Readonly<Record<string, number>>;
    /** Whether images of one group were kept on one side of the splits, and drawn together in intervals. */
    readonly isGrouped: boolean;
    /** Whether the classes have the sizes of the paper’s: then it may be its data set. */
    readonly isPaperData: boolean;
  };
  readonly rows: readonly GridRow[];
  readonly cells: readonly CellScores[];
  readonly parameters: readonly {
    readonly backbone: string;
    readonly parameters: number;
    readonly paper: number | null;
  }[];
  /** Cells of the grid that are not finished, and why where that is known. */
  readonly missing: readonly (GridCell & { readonly reason: string | null })[];
}
