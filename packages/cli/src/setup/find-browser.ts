import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SetupContext } from './setup-options.ts';

/** Where a Chromium may be, best first. */
const SYSTEM_BROWSERS: readonly string[] = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** A Chromium or Chrome: `$CHROME_PATH` and nothing else when it is set, the system's, Playwright's. */
export async function findBrowser({
  cwd,
  env,
}: Pick<SetupContext, 'cwd' | 'env'>): Promise<string | undefined> {
  const named = env['CHROME_PATH'];
  if (named !== undefined && named !== '') return existsSync(named) ? named : undefined;
  const system = SYSTEM_BROWSERS.find((path) => existsSync(path));
  return system ?? (await playwrightBrowser(cwd));
}

/** Asked of the Playwright that the project has, because each release wants its own build. */
async function playwrightBrowser(cwd: string): Promise<string | undefined> {
  try {
    const entry = createRequire(join(cwd, 'package.json')).resolve('playwright-core');
    const module = (await import(pathToFileURL(entry).href)) as {
      readonly default: { readonly chromium: { executablePath(): string } };
    };
    const path = module.default.chromium.executablePath();
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}
