import { IsometryError } from '@isometry/core';
import * as z from 'zod';
import { compactEvaluation } from './compact-evaluation.ts';
import { consistencyProblem } from './evaluation-consistency.ts';
import { EVALUATION_KIND, EVALUATION_VERSION, type Evaluation } from './evaluation.ts';

/** A confusion matrix of a thousand classes is two megabytes of JSON already; ImageNet has a thousand. */
const MAX_LABELS = 1000;

/** Some 25 MB of JSON with three classes: what a report of one file, held in memory, is for. */
const MAX_IMAGES = 100_000;

/** Longest text that is parsed: a hundred thousand images of twenty classes. */
const MAX_JSON_CHARACTERS = 100_000_000;

const MAX_EPOCHS = 100_000;
const MAX_BINS = 1000;

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const name = z.string().max(1000);
const file = z.string().max(4096);
const sentence = z.string().max(10_000);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/u, 'not a lower-case SHA-256');
const label = z.string().min(1).max(1000);

/** A softmax of float32 may end a digit above 1. */
const probability = z.number().min(0).max(1.000001);

/** Keys that could reach a prototype when a later reader merges objects carelessly. */
const valueName = z
  .string()
  .max(100)
  .refine((key) => !['__proto__', 'constructor', 'prototype'].includes(key), 'a forbidden key');

const interval = z
  .object({
    value: share,
    low: share,
    high: share,
    level: z.number().gt(0).lt(1),
    method: name,
  })
  .refine(({ low, high }) => low <= high, 'low is above high');

const model = z.object({
  name,
  digest: sha256,
  provider: name,
  labels: z
    .array(label)
    .min(2)
    .max(MAX_LABELS)
    .refine((list) => new Set(list).size === list.length, 'labels must be unique'),
  embedding: z.object({
    size: z.int().min(1),
    normalised: z.boolean(),
    distance: z.enum(['euclidean', 'cosine']),
  }),
  training: z
    .object({ backbone: name, loss: name, protocol: name, seed: z.int(), weights: name })
    .nullable(),
});

const data = z.object({
  name,
  split: name.nullable(),
  digest: sha256,
  count: z.int().min(1).max(MAX_IMAGES),
  classes: z.array(z.object({ label, count })).max(MAX_LABELS),
  groups: z.int().min(1).nullable(),
  skipped: z.array(z.object({ file, code: name, message: sentence })).max(MAX_IMAGES),
  warnings: z.array(sentence).max(1000),
});

const means = z.object({ precision: share, recall: share, f1: share });

const classification = z.object({
  accuracy: interval,
  balancedAccuracy: interval,
  macroF1: interval,
  macro: means,
  weighted: means,
  rocAuc: z.object({ macro: share.nullable(), weighted: share.nullable() }),
  confusion: z.array(z.array(count).max(MAX_LABELS)).max(MAX_LABELS),
  classes: z
    .array(
      z.object({
        label,
        support: count,
        predicted: count,
        precision: share,
        recall: interval.nullable(),
        f1: share,
        rocAuc: share.nullable(),
      }),
    )
    .max(MAX_LABELS),
});

const calibration = z.object({
  ece: share,
  adaptiveEce: share,
  brier: z.number().min(0).max(2),
  nll: z.number().min(0),
  bins: z
    .array(
      z.object({
        low: share,
        high: share,
        count,
        confidence: probability.nullable(),
        accuracy: share.nullable(),
      }),
    )
    .max(MAX_BINS),
});

const retrievalMeans = {
  precisionAt1: share.nullable(),
  rPrecision: share.nullable(),
  mapAtR: share.nullable(),
};
const rank = z.int().min(1);

const retrieval = z.object({
  reference: name,
  queries: count,
  loneQueries: count,
  ...retrievalMeans,
  macro: z.object(retrievalMeans),
  recallAt: z.array(z.object({ k: rank, value: share.nullable() })).max(100),
  neighbours: z.array(z.object({ k: rank, accuracy: share.nullable() })).max(100),
  prototypeAccuracy: share.nullable(),
});

const distances = z.object({
  edges: z.array(z.number()).max(MAX_BINS + 1),
  positive: z.array(count).max(MAX_BINS),
  negative: z.array(count).max(MAX_BINS),
  unit: z.enum(['euclidean', 'cosine']),
});

const map = z.array(z.tuple([z.number(), z.number()])).max(MAX_IMAGES);
const rates = z.array(share).max(MAX_IMAGES + 2);

const schema: z.ZodType<Evaluation> = z.object({
  kind: z.literal(EVALUATION_KIND),
  version: z.literal(EVALUATION_VERSION),
  software: name,
  model,
  data,
  classification,
  calibration,
  retrieval,
  distances,
  maps: z.object({ tsne: map.nullable(), umap: map.nullable() }),
  roc: z
    .array(z.object({ label, falsePositiveRate: rates, truePositiveRate: rates }))
    .max(MAX_LABELS),
  images: z
    .array(
      z.object({
        file,
        label,
        predicted: label,
        probabilities: z.array(probability).max(MAX_LABELS),
        group: name.nullable(),
      }),
    )
    .max(MAX_IMAGES),
  history: z
    .array(
      z.object({
        stage: name,
        epoch: z.int().min(0),
        values: z.record(valueName, z.number()),
      }),
    )
    .max(MAX_EPOCHS)
    .nullable(),
});

/**
 * Reads an evaluation's JSON, as text or parsed. Keys that this version does not know are left out.
 * @throws `REPORT_INVALID` naming the first field at fault
 */
export function parseEvaluation(json: unknown): Evaluation {
  return validate(typeof json === 'string' ? parseJson(json) : json);
}

/**
 * Writes an evaluation as JSON that {@link parseEvaluation} reads, each number no longer than it has a use
 * (`compactEvaluation`).
 * @throws `REPORT_INVALID`
 */
export function serializeEvaluation(evaluation: Evaluation): string {
  return JSON.stringify(compactEvaluation(validate(evaluation)));
}

function validate(value: unknown): Evaluation {
  const version = readVersion(value);
  if (version !== undefined && version > EVALUATION_VERSION) {
    throw new IsometryError(
      'REPORT_INVALID',
      `The evaluation has version ${version}; this release reads up to ${EVALUATION_VERSION}.`,
      { hint: 'Install a newer release of the Isometry packages.', details: { version } },
    );
  }
  const result = schema.safeParse(value);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw invalid(issue?.path.join('.') ?? '', issue?.message ?? 'unknown');
  }
  const problem = consistencyProblem(result.data);
  if (problem !== undefined) throw invalid(problem.path, problem.message);
  return result.data;
}

function readVersion(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('kind' in value) || value.kind !== EVALUATION_KIND || !('version' in value))
    return undefined;
  return typeof value.version === 'number' ? value.version : undefined;
}

function parseJson(json: string): unknown {
  if (json.length > MAX_JSON_CHARACTERS) {
    throw invalid('', `it is longer than ${MAX_JSON_CHARACTERS} characters`);
  }
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new IsometryError('REPORT_INVALID', 'The evaluation is not valid JSON.', {
      hint: EVALUATE_AGAIN,
      cause,
    });
  }
}

const EVALUATE_AGAIN = 'Make it again with `isometry evaluate`.';

function invalid(path: string, message: string): IsometryError {
  return new IsometryError(
    'REPORT_INVALID',
    `The evaluation is not valid at ${path === '' ? 'its root' : `"${path}"`}: ${message}.`,
    { hint: EVALUATE_AGAIN, details: { path } },
  );
}
