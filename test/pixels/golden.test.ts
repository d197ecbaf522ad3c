import { pixelDigest } from '@isometry/core';
import { createImageDecoder } from '@isometry/pixels';
import { describe, expect, it } from 'vitest';
import { type GoldenCase, readGolden, readImage } from './corpus.ts';

const golden = await readGolden();
const decode = createImageDecoder();

function label({ spec }: GoldenCase): string {
  return `${spec.fit} ${spec.filter} ${spec.width}x${spec.height} /${spec.jpegOversampling}`;
}

describe('the corpus has the pixels that Pillow gives it', () => {
  it.each([...new Set(golden.map(({ file }) => file))])('%s', async (file) => {
    const cases = golden.filter((each) => each.file === file);
    const bytes = await readImage(file);
    const digests = await Promise.all(
      cases.map(async (each) => [
        label(each),
        pixelDigest((await decode(bytes, each.spec)).pixels),
      ]),
    );
    expect(Object.fromEntries(digests)).toEqual(
      Object.fromEntries(cases.map((each) => [label(each), each.sha256])),
    );
  });

  it('covers every fit, filter and format', () => {
    const kinds = golden.map(
      ({ file, spec }) => `${file.split('-')[0]} ${spec.fit} ${spec.filter}`,
    );
    expect(new Set(kinds).size).toBe(3 * 3 * 2);
  });
});
