import { MANIFEST_KEY, serializeManifest, type Manifest } from '@isometry/core';
import { describe, expect, it } from 'vitest';
import { encodeModel } from './encode-model.ts';
import { readManifest } from './read-manifest.ts';

const manifest: Manifest = {
  version: 1,
  name: 'toes',
  labels: ['corn', 'wart'],
  pixels: {
    version: 'pixels/1',
    width: 8,
    height: 8,
    fit: 'contain',
    filter: 'bilinear',
    background: [0, 0, 0],
    mean: [0.5, 0.5, 0.5],
    std: [0.5, 0.5, 0.5],
    jpegOversampling: 2,
  },
  embedding: { size: 2, normalised: false, distance: 'euclidean' },
  calibration: null,
  training: null,
  metrics: null,
  license: '',
  intendedUse: '',
  canary: null,
};

function fileWith(metadata: Readonly<Record<string, string>>): Uint8Array {
  return encodeModel({
    irVersion: 8,
    opsets: [{ domain: '', version: 17 }],
    metadata: new Map(Object.entries(metadata)),
    graph: {
      name: 'g',
      nodes: [{ name: 'i', opType: 'Identity', inputs: ['x'], outputs: ['y'] }],
      initializers: [],
      inputs: [{ name: 'x', dataType: 'float32' }],
      outputs: [{ name: 'y', dataType: 'float32' }],
    },
  });
}

describe('readManifest', () => {
  it('reads the manifest that was written', () => {
    expect(readManifest(fileWith({ [MANIFEST_KEY]: serializeManifest(manifest) }))).toEqual(
      manifest,
    );
  });

  it.each([
    ['no manifest', {}, 'MANIFEST_MISSING'],
    ['a broken manifest', { [MANIFEST_KEY]: '{' }, 'MANIFEST_INVALID'],
    ['a later manifest', { [MANIFEST_KEY]: '{"version":2}' }, 'MANIFEST_VERSION_UNSUPPORTED'],
  ])('refuses a file with %s', (_name, metadata, code) => {
    expect(() => readManifest(fileWith(metadata))).toThrow(expect.objectContaining({ code }));
  });
});
