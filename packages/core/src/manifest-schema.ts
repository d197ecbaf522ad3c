import * as z from 'zod/mini';
import { assertBoundedJson, MAX_LIST_ITEMS } from './assert-bounded-json.ts';
import { IsometryError } from './errors.ts';
import type { Manifest, ManifestDraft } from './manifest.ts';

/** The manifest version that this release writes, and the latest that it reads. */
export const MANIFEST_VERSION = 1;

/** The key of the manifest in the ONNX file's `metadata_props`. */
export const MANIFEST_KEY = 'isometry.manifest';

/** Largest manifest that a reader accepts. A thousand labels and a 2,048-d canary need about 60 kB. */
export const MAX_MANIFEST_BYTES = 4_000_000;

/** Widest and tallest model input. 4,096 squared is already 200 MB of float32. */
const MAX_SIDE = 4096;

/** Attaches the text that docs/manifest.md shows for a field. */
const say = z.describe;

const finite = z.number().check(z.refine((value: number) => Number.isFinite(value), 'not finite'));
/**
 * Beyond these an accepted manifest could make float32 infinite: pixels by `mean` and `std`, logits by the temperature.
 * Training's own temperatures are 0.05 to 20.
 */
const SMALLEST_DIVISOR = 1e-6;
const LARGEST_MAGNITUDE = 1e6;

const triple = z.tuple([finite, finite, finite]);
const byte = z.int().check(z.gte(0), z.lte(255));
const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'not a lower-case SHA-256'));
const text = z.string().check(z.maxLength(100_000));
const scalar = z.union([finite, z.string(), z.boolean(), z.null()]);
const side = z.int().check(z.gte(1), z.lte(MAX_SIDE));

const interval = z.object({
  value: finite,
  low: finite,
  high: finite,
  level: finite.check(z.gt(0), z.lt(1), say('confidence level, e.g. 0.95')),
  method: z.string().check(say('e.g. `wilson`')),
});

const pixelSpec = z.object({
  version: z.literal('pixels/1').check(say('the pixel contract, docs/pixels.md')),
  width: side.check(say('model input width in pixels')),
  height: side.check(say('model input height in pixels')),
  fit: z
    .enum(['stretch', 'cover', 'contain'])
    .check(say('ignore the aspect ratio, crop the centre, or pad with `background`')),
  filter: z.enum(['bilinear', 'bicubic']).check(say('antialiased, as Pillow computes it')),
  background: z
    .tuple([byte, byte, byte])
    .check(say('RGB under transparent pixels and around a `contain`ed image')),
  mean: triple.check(
    z.refine(
      (mean: readonly number[]) => mean.every((value) => Math.abs(value) <= LARGEST_MAGNITUDE),
      `mean must be at most ${LARGEST_MAGNITUDE}`,
    ),
    say('per RGB channel: `pixel_values = (v / 255 - mean) / std`'),
  ),
  std: triple.check(
    z.refine(
      (std: readonly number[]) =>
        std.every((value) => value >= SMALLEST_DIVISOR && value <= LARGEST_MAGNITUDE),
      `std must be ${SMALLEST_DIVISOR} to ${LARGEST_MAGNITUDE}`,
    ),
    say('per RGB channel, above 0'),
  ),
  jpegOversampling: finite.check(
    z.gte(1),
    z.lte(64),
    say('a JPEG is decoded at 1/8, 1/4 or 1/2 while that leaves this many times the target'),
  ),
});

const embedding = z.object({
  size: z.int().check(z.gte(1), z.lte(65_536)),
  normalised: z.boolean().check(say('whether the graph divides the embedding by its L2 norm')),
  distance: z.enum(['euclidean', 'cosine']).check(say('the distance that training used')),
});

const calibration = z.object({
  temperature: finite.check(
    z.gte(SMALLEST_DIVISOR),
    z.lte(LARGEST_MAGNITUDE),
    say('what the graph already divides the logits by: provenance, do not divide again'),
  ),
  method: z.string().check(say('how the temperature was chosen')),
});

const training = z.object({
  backbone: z.string().check(say('e.g. `mobilenet`')),
  widthMultiplier: finite,
  loss: z.object({
    name: z.string().check(say('e.g. `lifted-structured`')),
    preset: z.string().check(say('the named set of choices it came from, e.g. `paper`')),
    normalise: z.boolean(),
    distance: z.string(),
    squared: z.boolean(),
    margin: finite,
    reduction: z.string(),
  }),
  hyperparameters: z.record(z.string(), scalar),
  seed: z.int(),
  dataDigest: sha256.check(
    say('SHA-256 over the sorted `label TAB sha256-of-file LF` lines of the images read'),
  ),
  splitDigest: sha256.check(say("SHA-256 of the run's split.csv")),
  versions: z.record(z.string(), z.string()).check(say('library versions by package name')),
});

const metrics = z.object({
  split: z.string().check(say('which split, e.g. `test`')),
  count: z.int().check(z.gte(0), say('how many images it has')),
  accuracy: interval,
  balancedAccuracy: z.optional(interval.check(say('mean recall of the classes'))),
  macroF1: z.optional(interval.check(say('mean F1 of the classes'))),
});

/** With its padding, so that `atob` takes whatever matches. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const canary = z.object({
  image: z
    .string()
    .check(
      z.maxLength(20_000),
      z.regex(BASE64, 'not base64'),
      z.minLength(1),
      say('a tiny PNG, base64'),
    ),
  pixelsSha256: sha256.check(say('SHA-256 of its PixelImage by `pixels`')),
  embedding: z
    .array(finite)
    .check(
      z.minLength(1),
      z.maxLength(65_536),
      say("what ONNX Runtime's CPU provider computed at export"),
    ),
});

const count = z.int().check(z.gte(0));
const agreement = z.object({ agreed: count, total: count });

const exportRecord = z.object({
  converter: z.object({
    name: z.enum(['native', 'tf2onnx']),
    version: z.string().check(say('of Isometry, or of tf2onnx')),
  }),
  precision: z.enum(['fp32', 'fp16', 'int8']).check(say('the arithmetic of this file')),
  proof: z
    .object({
      reference: z
        .string()
        .check(say('what it was compared with, e.g. `tfjs 4.22.0 (tensorflow)`')),
      inputs: z.object({ images: count, random: count }),
      outputs: z.record(
        z.string(),
        z.object({
          maxAbs: finite.check(say('largest absolute difference')),
          meanAbs: finite.check(say('mean absolute difference')),
          bound: finite.check(say('what `maxAbs` had to stay below')),
        }),
      ),
      argmaxAgreement: agreement.check(say('inputs for which both put the same label first')),
    })
    .check(say('the float32 graph in ONNX Runtime against the trained model in TensorFlow.js')),
  variant: z
    .nullable(
      z.object({
        sizeRatio: finite.check(say('bytes of this file over bytes of the float32 file')),
        calibration: z.nullable(
          z.object({
            method: z.string().check(say('e.g. `percentile 99.99`')),
            images: count,
            digest: sha256.check(say('SHA-256 over the images’ SHA-256s in order')),
          }),
        ),
        keptFloat: z.array(z.string()).check(say('nodes that stayed in float32')),
        agreement: z.nullable(
          agreement.check(
            say('images for which this and the float32 file put the same label first'),
          ),
        ),
        drop: z.nullable(
          z.object({
            split: z.string(),
            count,
            accuracy: interval.check(
              say('accuracy of the float32 file minus that of this one, paired, in shares of 1'),
            ),
          }),
        ),
      }),
    )
    .check(say('what became of the float32 file when it was made smaller; null for fp32')),
});

const labels = z.array(z.string().check(z.minLength(1), z.maxLength(200))).check(
  z.minLength(2),
  z.maxLength(MAX_LIST_ITEMS),
  z.refine((list: string[]) => new Set(list).size === list.length, 'labels must be unique'),
  say("class names, unique; a label's position is its logit's"),
);

const draftShape = {
  version: z.literal(MANIFEST_VERSION).check(say('the manifest version')),
  name: z.string().check(z.minLength(1), z.maxLength(200)),
  labels,
  pixels: pixelSpec.check(say('everything between image bytes and `pixel_values`')),
  embedding,
  calibration: z.nullable(calibration),
  training: z.nullable(training).check(say('null when Isometry did not train the model')),
  metrics: z.nullable(metrics),
  license: text.check(say('an SPDX expression, or a sentence; empty when unknown')),
  intendedUse: text,
};

const draftSchema: z.ZodMiniType<ManifestDraft> = z.object(draftShape);

const manifestSchema: z.ZodMiniType<Manifest> = z
  .object({
    ...draftShape,
    export: z.optional(exportRecord.check(say('how the file was made and proven'))),
    canary: z.nullable(canary).check(say('run by `classifier.health()`')),
  })
  .check(
    z.refine(
      (manifest) =>
        manifest.canary === null || manifest.canary.embedding.length === manifest.embedding.size,
      { message: 'canary.embedding must have embedding.size values', path: ['canary'] },
    ),
  );

/** The manifest's JSON Schema (draft 2020-12), for validators in other languages. */
export function manifestJsonSchema(): object {
  return z.toJSONSchema(manifestSchema);
}

/**
 * Reads the manifest's JSON. Keys that this version does not know are ignored.
 * @throws `MANIFEST_INVALID` naming the first field at fault, `MANIFEST_VERSION_UNSUPPORTED`
 */
export function parseManifest(json: string): Manifest {
  return validate(parseJson(json), manifestSchema);
}

/** Validates a manifest that has no canary yet. @throws as {@link parseManifest} */
export function parseManifestDraft(value: unknown): ManifestDraft {
  return validate(value, draftSchema);
}

/** Writes the manifest as JSON that {@link parseManifest} reads. @throws `MANIFEST_INVALID` */
export function serializeManifest(manifest: Manifest): string {
  const json = JSON.stringify(validate(manifest, manifestSchema));
  // Too long, it would be written and never read again.
  assertLength(json);
  return json;
}

const MAX_PATH_LENGTH = 200;

const EXPORT_AGAIN = 'Export the model again with `isometry export`.';

function validate<T>(value: unknown, schema: z.ZodMiniType<T>): T {
  assertBoundedJson(value);
  const version = readVersion(value);
  if (version !== undefined && version > MANIFEST_VERSION) {
    throw new IsometryError(
      'MANIFEST_VERSION_UNSUPPORTED',
      `The manifest has version ${version}; this release reads up to ${MANIFEST_VERSION}.`,
      { hint: 'Install a newer release of the Isometry packages.', details: { version } },
    );
  }
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  // A hostile manifest chooses its keys: they may not flood a log.
  const path = issue?.path.join('.').slice(0, MAX_PATH_LENGTH) ?? '';
  throw new IsometryError(
    'MANIFEST_INVALID',
    `The manifest is not valid at ${path === '' ? 'its root' : `"${path}"`}: ${issue?.message ?? 'unknown'}.`,
    { hint: EXPORT_AGAIN, details: { path } },
  );
}

function readVersion(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || !('version' in value)) return undefined;
  return Number.isSafeInteger(value.version) ? Number(value.version) : undefined;
}

function assertLength(json: string): void {
  if (json.length <= MAX_MANIFEST_BYTES) return;
  throw new IsometryError(
    'MANIFEST_INVALID',
    `The manifest is longer than ${MAX_MANIFEST_BYTES} characters.`,
    { hint: 'Use fewer or shorter labels, or a smaller embedding.' },
  );
}

function parseJson(json: string): unknown {
  assertLength(json);
  try {
    return JSON.parse(json) as unknown;
  } catch (cause) {
    throw new IsometryError('MANIFEST_INVALID', 'The manifest is not valid JSON.', {
      hint: EXPORT_AGAIN,
      cause,
    });
  }
}
