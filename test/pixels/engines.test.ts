import { join } from 'node:path';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { describe, expect, it } from 'vitest';
import { chromiumPath, launchChromium, NO_CHROMIUM } from '../chromium.ts';
import { bundleWorker } from '../edge/bundle-worker.ts';
import { readGolden, readImage } from './corpus.ts';
import type { DigestTask } from './digest-tasks.ts';

const golden = await readGolden();
const files = [...new Set(golden.map(({ file }) => file))];
const tasks: readonly DigestTask[] = await Promise.all(
  files.map(async (file) => ({
    base64: Buffer.from(await readImage(file)).toString('base64'),
    specs: golden.filter((each) => each.file === file).map(({ spec }) => spec),
  })),
);
const expected = files.map((file) =>
  golden.filter((each) => each.file === file).map(({ sha256 }) => sha256),
);

describe('every engine has the pixels that Pillow gives the corpus', () => {
  it('workerd, which takes its WebAssembly as .wasm assets', async () => {
    const modules = await bundleWorker(join(import.meta.dirname, 'digest-worker.ts'));
    expect(new Set(modules.map(({ path }) => path))).toEqual(
      new Set(['/worker.js', '/jpeg-turbo.wasm', '/webp.wasm']),
    );
    const miniflare = new Miniflare({
      modules,
      modulesRoot: '/',
      // Miniflare would ask Cloudflare for a sample of its `request.cf` otherwise.
      cf: false,
      compatibilityDate: '2025-09-01',
    });
    try {
      const response = await miniflare.dispatchFetch('http://worker/', {
        method: 'POST',
        body: JSON.stringify(tasks),
      });
      expect(await response.json()).toEqual(expected);
    } finally {
      await miniflare.dispose();
    }
  });

  it('Chromium, which compiles it from base64', async ({ skip }) => {
    skip(chromiumPath() === undefined, NO_CHROMIUM);
    const bundle = await build({
      entryPoints: [join(import.meta.dirname, 'digest-tasks.ts')],
      bundle: true,
      write: false,
      format: 'iife',
      globalName: 'isometryPixels',
      conditions: ['@isometry/source'],
      logLevel: 'silent',
    });
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      await page.addScriptTag({ content: bundle.outputFiles[0]?.text ?? '' });
      const digests = await page.evaluate(`isometryPixels.digestTasks(${JSON.stringify(tasks)})`);
      expect(digests).toEqual(expected);
    } finally {
      await browser.close();
    }
  });
});
