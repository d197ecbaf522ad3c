import { isIsometryError } from '@isometry/core';
import {
  decodeModel,
  encodeModel,
  readManifest,
  readMetadata,
  withMetadata,
  type OnnxModel,
  type ReadExternal,
} from '@isometry/onnx';
import { BASE_MODELS, MANIFEST, SIDE_FILE } from './base-models.ts';
import { createChance } from './chance.ts';
import type { Mutated } from './mutate-bytes.ts';
import { mutateModel } from './mutate-model.ts';
import { demand, endingOf, type MakeCase, type Outcome } from './target.ts';

const readExternal: ReadExternal = ({ offset, length }) =>
  SIDE_FILE.subarray(offset, offset + length);

/** Every 1 % of every base file, then mutations. */
const CUTS = BASE_MODELS.length * 99;

/** A case's file. */
function hostileModel(index: number): Mutated<Uint8Array> & { readonly base: Uint8Array } {
  const base = BASE_MODELS[Math.abs(index) % BASE_MODELS.length] as Uint8Array;
  if (index < 0) return { base, mutation: 'none', content: base };
  if (index < CUTS) {
    const length = Math.floor((base.length * (1 + Math.floor(index / BASE_MODELS.length))) / 100);
    return { base, mutation: `cut at ${length}`, content: base.slice(0, length) };
  }
  return { base, ...mutateModel(base, MANIFEST, createChance(index, 'model')) };
}

/** How many sound inputs there are: cases -1, -2 … */
export const SOUND_MODELS: number = BASE_MODELS.length;

/** Attacks everything in `@isometry/onnx` that reads a file. */
export const makeModelCase: MakeCase = (index) => {
  const { base, mutation, content } = hostileModel(index);
  return Promise.resolve({ mutation, judge: () => Promise.resolve(judgeModel(content, base)) });
};

/** What the readers make of a file, of which `base` is the sound one. */
function judgeModel(content: Uint8Array, base: Uint8Array): Outcome {
  const before = content.slice();
  const metadata = attempt(() => readMetadata(content));
  const pastHeader = metadata.error === undefined;
  try {
    const manifest = attempt(() => readManifest(content));
    demand(pastHeader || manifest.error !== undefined, 'a manifest from a file that is refused');
    const model = attempt(() => decodeModel(content, { readExternal }));
    if (model.error === undefined) {
      demand(pastHeader, 'decoded, though its metadata cannot be read');
      checkWritten(model.value, metadata.value ?? new Map());
      checkMetadata(content, model.value);
    }
    demand(Buffer.compare(before, content) === 0, 'the bytes that were read have changed');
    for (const { error } of [metadata, manifest, model]) {
      if (error === undefined) continue;
      const { ending, problem } = endingOf(error);
      if (problem !== undefined) return { ending, pastHeader, problem };
    }
    if (model.error !== undefined) return { ...endingOf(model.error), pastHeader };
    if (manifest.error !== undefined) return { ...endingOf(manifest.error), pastHeader };
    const sound = encodeModel(decodeModel(base, { readExternal }));
    const isEqual = Buffer.compare(encodeModel(model.value), sound) === 0;
    return { ending: isEqual ? 'equal' : 'valid', pastHeader };
  } catch (error) {
    return { ...endingOf(error), pastHeader };
  }
}

/** What was decoded is written and read again as the same. */
function checkWritten(model: OnnxModel, metadata: ReadonlyMap<string, string>): void {
  const written = encodeModel(model);
  const again = encodeModel(decodeModel(written));
  demand(Buffer.compare(written, again) === 0, 'written twice, it differs');
  demand(
    JSON.stringify([...model.metadata]) === JSON.stringify([...metadata]),
    'decodeModel and readMetadata differ',
  );
}

/** New metadata leaves everything else as it was. */
function checkMetadata(content: Uint8Array, model: OnnxModel): void {
  const changed = decodeModel(withMetadata(content, { 'isometry.hostile': 'yes' }), {
    readExternal,
  });
  demand(changed.metadata.get('isometry.hostile') === 'yes', 'the metadata is not there');
  const same = encodeModel({ ...changed, metadata: model.metadata });
  demand(Buffer.compare(same, encodeModel(model)) === 0, 'withMetadata changed something else');
}

type Attempt<Value> =
  | { readonly value: Value; readonly error?: never }
  | { readonly value?: never; readonly error: Error };

function attempt<Value>(action: () => Value): Attempt<Value> {
  try {
    return { value: action() };
  } catch (error) {
    return {
      error:
        error instanceof Error || isIsometryError(error) ? error : new TypeError(String(error)),
    };
  }
}
