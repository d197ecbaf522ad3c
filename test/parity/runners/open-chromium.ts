import type { Provider } from '@isometry/core';
import { openPage } from '../chromium/open-page.ts';
import type { RuntimeUnderTest } from '../runtime-under-test.ts';
import { connectEngine } from './connect-engine.ts';

/**
 * `@isometry/runtime-web` in a page of a headless Chromium; WebGPU is SwiftShader's. `dispose` fails
 * when the page printed something or asked for anything that its own server does not have.
 */
export async function openChromium(providers: readonly Provider[]): Promise<RuntimeUnderTest> {
  const opened = await openPage(new URL('../chromium/engine-page.ts', import.meta.url));
  const { page, origin } = opened;
  await page.evaluate((names) => globalThis.startEngine(names), providers);
  return connectEngine({
    name: `chromium-${providers.join('-')}`,
    send: (request) => page.evaluate((text) => globalThis.callEngine(text), request),
    dispose: async () => {
      await opened.close();
      const foreign = opened.requested.filter((url) => !url.startsWith(origin) && !isLocal(url));
      if (foreign.length > 0) throw new Error(`The page asked for ${foreign.join(', ')}`);
      if (opened.printed.length > 0)
        throw new Error(`The page printed ${opened.printed.join('; ')}`);
    },
  });
}

function isLocal(url: string): boolean {
  return url.startsWith('data:') || url.startsWith('blob:');
}
