import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const PIXELS = join(import.meta.dirname, '..', '..', 'packages', 'pixels');
const { resolve } = createRequire(import.meta.url);

describe('the WebAssembly decoders are the npm packages’ own, in both forms', () => {
  it.each(['jpeg-turbo', 'webp'])('%s', async (name) => {
    const original = await readFile(resolve(`@cwasm/${name}/${name}.wasm`));
    const asset = await readFile(join(PIXELS, 'wasm', `${name}.wasm`));
    // Not toEqual, which takes seconds over 139,000 bytes.
    expect(asset.equals(original)).toBe(true);
    const generated = await readFile(join(PIXELS, 'src', 'wasm', `${name}.generated.ts`), 'utf8');
    const base64 = /'([^']+)'/.exec(generated)?.[1];
    expect(base64 === original.toString('base64')).toBe(true);
  });
});
