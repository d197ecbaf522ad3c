import { parseManifest, serializeManifest, type Manifest } from '@isometry/core';
import { MANIFEST } from './base-models.ts';
import { createChance } from './chance.ts';
import type { Mutated } from './mutate-bytes.ts';
import { mutateJson } from './mutate-json.ts';
import { demand, endingOf, type MakeCase, type Outcome } from './target.ts';

const SOUND = serializeManifest(MANIFEST);
const CUTS = 99;

/** A case's text. */
function hostileManifest(index: number): Mutated<string> {
  if (index < 0) return { mutation: 'none', content: SOUND };
  if (index < CUTS) {
    const length = Math.floor((SOUND.length * (index + 1)) / 100);
    return { mutation: `cut at ${length}`, content: SOUND.slice(0, length) };
  }
  return mutateJson(MANIFEST, createChance(index, 'manifest'));
}

/** How many sound inputs there are: case -1. */
export const SOUND_MANIFESTS = 1;

/** Attacks the manifest's parser. */
export const makeManifestCase: MakeCase = (index) => {
  const { mutation, content } = hostileManifest(index);
  return Promise.resolve({ mutation, judge: () => Promise.resolve(judgeManifest(content)) });
};

function judgeManifest(json: string): Outcome {
  const pastHeader = saysVersionOne(json);
  try {
    const manifest = parseManifest(json);
    demand(pastHeader, 'accepted without version 1');
    const written = serializeManifest(manifest);
    demand(serializeManifest(parseManifest(written)) === written, 'written twice, it differs');
    checkSound(manifest);
    return { ending: written === SOUND ? 'equal' : 'valid', pastHeader };
  } catch (error) {
    return { ...endingOf(error), pastHeader };
  } finally {
    demand(!('polluted' in {}), 'Object.prototype is polluted');
  }
}

/** What a reader relies on without looking again. */
function checkSound(manifest: Manifest): void {
  const { labels, pixels, embedding, canary, calibration } = manifest;
  demand(labels.length >= 2 && new Set(labels).size === labels.length, 'labels');
  demand(
    labels.every((label) => typeof label === 'string' && label !== ''),
    'label',
  );
  demand(
    pixels.std.every((value) => Number.isFinite(1 / Math.fround(value))),
    'std',
  );
  demand(
    pixels.mean.every((value) => Number.isFinite(Math.fround(value))),
    'mean',
  );
  demand(Number.isInteger(pixels.width * pixels.height * embedding.size), 'sizes');
  const temperature = calibration?.temperature ?? 1;
  demand(
    Number.isFinite(1 / Math.fround(temperature)) && Math.fround(temperature) < Infinity,
    'temperature',
  );
  demand(canary === null || canary.embedding.length === embedding.size, 'canary');
  everyNumber(manifest);
}

function everyNumber(value: unknown): void {
  if (typeof value === 'number') demand(Number.isFinite(value), 'a number that is not finite');
  else if (typeof value === 'object' && value !== null) {
    demand(
      !Object.hasOwn(value, '__proto__') && !Object.hasOwn(value, 'constructor'),
      'a prototype key',
    );
    for (const item of Object.values(value)) everyNumber(item);
  }
}

function saysVersionOne(json: string): boolean {
  try {
    const value = JSON.parse(json) as unknown;
    return typeof value === 'object' && value !== null && 'version' in value && value.version === 1;
  } catch {
    return false;
  }
}
