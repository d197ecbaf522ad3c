import { fileURLToPath } from 'node:url';
import { findBrowser } from '@isometry/cli';
import { chromium, type Browser } from 'playwright-core';

/** The one that `isometry setup browser` found or brought. */
const found = await findBrowser({
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: process.env,
});

export function chromiumPath(): string | undefined {
  return found;
}

/** The reason that a skipped browser test gives; listed in test/allowed-skips.json. */
export const NO_CHROMIUM = 'No Chromium: set CHROME_PATH or run `npx isometry setup browser`';

/** Starts a headless Chromium whose WebGPU runs on SwiftShader, a software adapter. */
export function launchChromium(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new TypeError(NO_CHROMIUM);
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
      '--enable-features=Vulkan',
      '--use-vulkan=swiftshader',
    ],
  });
}
