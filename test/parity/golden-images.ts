import { readFileSync } from 'node:fs';
import type { PixelSpec } from '@isometry/core';

const FOLDER = new URL('../fixtures/images/', import.meta.url);

/** One file of the corpus with the pixel hashes that Pillow computed. */
export interface GoldenImage {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly specs: readonly PixelSpec[];
  /** In the order of `specs`. */
  readonly sha256: readonly string[];
}

interface GoldenEntry {
  readonly file: string;
  readonly spec: PixelSpec;
  readonly sha256: string;
}

/** The corpus of test/fixtures/images with all its entries, by file. */
export function readGoldenImages(): GoldenImage[] {
  const json = readFileSync(new URL('golden.json', FOLDER), 'utf8');
  const entries = JSON.parse(json) as readonly GoldenEntry[];
  const byFile = new Map<string, GoldenEntry[]>();
  for (const entry of entries) {
    byFile.set(entry.file, [...(byFile.get(entry.file) ?? []), entry]);
  }
  return Array.from(byFile, ([file, own]) => ({
    file,
    bytes: readGoldenImage(file),
    specs: own.map(({ spec }) => spec),
    sha256: own.map(({ sha256 }) => sha256),
  }));
}

export function readGoldenImage(file: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(file, FOLDER)));
}
