import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** Where a Chromium may be, best first. `isometry setup browser` brings Debian's. */
const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export function chromiumPath(): string | undefined {
  const named = process.env['CHROME_PATH'];
  if (named !== undefined) return named;
  return [...CANDIDATES, chromium.executablePath()].find((path) => existsSync(path));
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
