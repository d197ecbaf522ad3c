import type { Answer, Prediction, Provider, Warning } from '@isometry/core';
import type { Problem } from './problem.ts';

/** An answer as JSON. Numbers are the float32 values exactly: reading them back gives the same bits. */
export interface AnswerJson {
  readonly label: string;
  readonly probability: number;
  readonly predictions: readonly Prediction[];
  readonly embedding: readonly number[];
  readonly provider: Provider;
  /** SHA-256 of the model file. */
  readonly model_digest: string;
  readonly warnings: readonly Warning[];
  /** Workers freeze the clock while they compute: there the times are 0 or near it. */
  readonly timings: {
    readonly decode_ms: number;
    readonly model_ms: number;
    readonly total_ms: number;
  };
}

/** One file's entry in the answer to a form with several files: the answer, or what was wrong with it. */
export type FileResultJson =
  | { readonly file: string; readonly answer: AnswerJson }
  | { readonly file: string; readonly error: Problem };

/** The answer to a form with several files, in their order. */
export interface ResultsJson {
  readonly results: readonly FileResultJson[];
}

export function toAnswerJson(answer: Answer): AnswerJson {
  const { decodeMs, modelMs, totalMs } = answer.timings;
  return {
    label: answer.label,
    probability: answer.probability,
    predictions: answer.predictions,
    embedding: [...answer.embedding],
    provider: answer.provider,
    model_digest: answer.modelDigest,
    warnings: answer.warnings,
    timings: { decode_ms: decodeMs, model_ms: modelMs, total_ms: totalMs },
  };
}
