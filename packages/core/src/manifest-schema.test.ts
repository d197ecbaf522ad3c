import { describe, expect, it } from 'vitest';
import type { Manifest } from './manifest.ts';
import {
  MAX_MANIFEST_BYTES,
  parseManifest,
  parseManifestDraft,
  serializeManifest,
} from './manifest-schema.ts';

const DIGEST = 'ab'.repeat(32);

const complete: Manifest = {
  version: 1,
  name: 'warts',
  labels: ['corn', 'normal skin', 'wart'],
  pixels: {
    version: 'pixels/1',
    width: 128,
    height: 96,
    fit: 'contain',
    filter: 'bilinear',
    background: [0, 0, 0],
    mean: [0.5, 0.5, 0.5],
    std: [0.5, 0.5, 0.5],
    jpegOversampling: 2,
  },
  embedding: { size: 2, normalised: true, distance: 'euclidean' },
  calibration: { temperature: 1.3, method: 'nll on validation' },
  training: {
    backbone: 'mobilenet',
    widthMultiplier: 0.25,
    loss: {
      name: 'lifted-structured',
      preset: 'paper',
      normalise: false,
      distance: 'euclidean',
      squared: false,
      margin: 1,
      reduction: 'mean-positive-pairs',
    },
    hyperparameters: { epochs: 3, schedule: 'constant', shuffled: true, decay: null },
    seed: 7,
    dataDigest: DIGEST,
    splitDigest: DIGEST,
    versions: { '@tensorflow/tfjs-node': '4.22.0' },
  },
  metrics: {
    split: 'test',
    count: 10,
    accuracy: { value: 0.9, low: 0.6, high: 0.98, level: 0.95, method: 'wilson' },
  },
  license: 'Apache-2.0',
  intendedUse: 'Tests.',
  canary: { image: 'AAAA', pixelsSha256: DIGEST, embedding: [0.5, -0.25] },
};

const parse = (change: Record<string, unknown>): Manifest =>
  parseManifest(JSON.stringify({ ...complete, ...change }));

describe('parseManifest', () => {
  it('reads what serializeManifest wrote', () => {
    expect(parseManifest(serializeManifest(complete))).toEqual(complete);
  });

  it('reads a manifest of an untrained, unmeasured model', () => {
    const bare = { calibration: null, training: null, metrics: null, canary: null };
    expect(parse(bare)).toEqual({ ...complete, ...bare });
  });

  it('ignores keys that a later minor release may add', () => {
    expect(parse({ gallery: { size: 3 } })).toEqual(complete);
  });

  it.each([
    ['labels', { labels: ['one'] }],
    ['labels', { labels: ['a', 'a'] }],
    ['labels.1', { labels: ['a', ''] }],
    ['pixels.width', { pixels: { ...complete.pixels, width: 0 } }],
    ['pixels.height', { pixels: { ...complete.pixels, height: 1e9 } }],
    ['pixels.std', { pixels: { ...complete.pixels, std: [0.5, 0, 0.5] } }],
    ['pixels.std', { pixels: { ...complete.pixels, std: [0.5, 1e-320, 0.5] } }],
    ['pixels.mean', { pixels: { ...complete.pixels, mean: [0, 1e39, 0] } }],
    ['pixels.mean.0', { pixels: { ...complete.pixels, mean: [null, 0, 0] } }],
    ['pixels.version', { pixels: { ...complete.pixels, version: 'pixels/2' } }],
    ['calibration.temperature', { calibration: { temperature: 0, method: '' } }],
    ['calibration.temperature', { calibration: { temperature: 1e-320, method: '' } }],
    ['canary', { canary: { ...complete.canary, embedding: [1] } }],
    ['canary.pixelsSha256', { canary: { ...complete.canary, pixelsSha256: 'ABC' } }],
    ['canary.image', { canary: { ...complete.canary, image: '' } }],
    ['canary.image', { canary: { ...complete.canary, image: 'A' } }],
    ['canary.image', { canary: { ...complete.canary, image: 'AA===' } }],
    ['training.dataDigest', { training: { ...complete.training, dataDigest: '' } }],
  ])('names %s when it is wrong', (path, change) => {
    expect(() => parse(change)).toThrow(
      expect.objectContaining({ code: 'MANIFEST_INVALID', details: { path } }),
    );
  });

  it.each(['', '{', '[]', 'null', '7', '"text"', '{"version":1}', '{"version":"1"}'])(
    'refuses %j',
    (json) => {
      expect(() => parseManifest(json)).toThrow(
        expect.objectContaining({ code: 'MANIFEST_INVALID' }),
      );
    },
  );

  it('says when the file is from the future', () => {
    expect(() => parse({ version: 2 })).toThrow(
      expect.objectContaining({ code: 'MANIFEST_VERSION_UNSUPPORTED', details: { version: 2 } }),
    );
  });

  it('refuses keys that reach for a prototype, at any depth', () => {
    const json = JSON.stringify(complete).replace('"epochs":3', '"__proto__":{"polluted":true}');
    expect(json).toContain('__proto__');
    expect(() => parseManifest(json)).toThrow(
      expect.objectContaining({ code: 'MANIFEST_INVALID' }),
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('calls a version that is no integer invalid, not later', () => {
    for (const version of ['1e999', '1.5', '-1e999']) {
      const json = JSON.stringify(complete).replace('"version":1', `"version":${version}`);
      expect(() => parseManifest(json)).toThrow(
        expect.objectContaining({ code: 'MANIFEST_INVALID', details: { path: 'version' } }),
      );
    }
  });

  it('takes as many labels as it says, and a thousand hyperparameters', () => {
    const labels = Array.from({ length: 100_000 }, (_, index) => `${index}`);
    expect(parse({ labels }).labels).toHaveLength(100_000);
    expect(() => parse({ labels: [...labels, 'more'] })).toThrow(/more than 100000 items/);
    const many = (count: number): unknown => ({
      ...complete.training,
      hyperparameters: Object.fromEntries(Array.from({ length: count }, (_, index) => [index, {}])),
    });
    // Every value is wrong: 300,000 mistakes overflowed the call stack while they were collected.
    expect(() => parse({ training: many(1000) })).toThrow(/hyperparameters.0/);
    expect(() => parse({ training: many(300_000) })).toThrow(/more than 1000 keys/);
    expect(() => parse({ labels: labels.map(() => '') })).toThrow(/not valid at "labels/);
  });

  it('is not impressed by depth, by a long key or by an object that holds itself', () => {
    const deep = '['.repeat(1_000_000) + ']'.repeat(1_000_000);
    const json = JSON.stringify(complete);
    expect(() => parseManifest(json.replace('"warts"', deep))).toThrow(/not valid at "name"/);
    const long = json.replace('"epochs":3', `"${'k'.repeat(100_000)}":[]`);
    expect(() => parseManifest(long)).toThrow(/^.{0,400}$/u);
    const loop: Record<string, unknown> = { ...complete };
    loop['more'] = loop;
    expect(() => parseManifestDraft(loop)).toThrow(/more than 2000000 values/);
  });

  it('refuses a manifest larger than the limit before parsing it', () => {
    expect(() => parseManifest(' '.repeat(MAX_MANIFEST_BYTES + 1))).toThrow(
      expect.objectContaining({ code: 'MANIFEST_INVALID' }),
    );
  });
});

describe('serializeManifest', () => {
  it('refuses to write what it could not read', () => {
    const broken = { ...complete, labels: [] };
    expect(() => serializeManifest(broken)).toThrow(
      expect.objectContaining({ code: 'MANIFEST_INVALID' }),
    );
  });
});

describe('what no reader would take', () => {
  const training = complete.training as NonNullable<Manifest['training']>;

  it.each<[string, Partial<Manifest>]>([
    [
      'a key that readers forbid',
      { training: { ...training, hyperparameters: { constructor: 1 } } },
    ],
    [
      'more characters than readers accept',
      { labels: Array.from({ length: 25_000 }, (_, index) => `${index}`.padStart(200, '-')) },
    ],
  ])('is not written: %s', (_, change) => {
    expect(() => serializeManifest({ ...complete, ...change })).toThrow(
      expect.objectContaining({ code: 'MANIFEST_INVALID', hint: expect.any(String) }),
    );
  });
});

describe('parseManifestDraft', () => {
  it('takes a manifest without a canary', () => {
    const { canary: _, ...draft } = complete;
    expect(parseManifestDraft(draft)).toEqual(draft);
  });
});
