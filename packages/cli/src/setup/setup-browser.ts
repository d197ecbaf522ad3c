import { readFile } from 'node:fs/promises';
import { IsometryError } from '@isometry/core';
import { findBrowser } from './find-browser.ts';
import { runProgram } from './run-program.ts';
import {
  toSetupContext,
  type SetupContext,
  type SetupOptions,
  type SetupResult,
} from './setup-options.ts';

const INSTALL_HINT =
  'Install Chrome or Chromium (Debian: `apt-get install -y chromium` as root; elsewhere: `npx playwright install chromium`), or set CHROME_PATH.';

/**
 * Finds a Chromium, which checks that browsers give the same answers, and installs Debian's when there
 * is none and this is root. Skipped where neither is possible.
 * @throws `SETUP_FAILED` when `$CHROME_PATH` names nothing, or installing failed; `ABORTED`
 */
export async function setupBrowser(options: SetupOptions = {}): Promise<SetupResult> {
  const context = toSetupContext(options);
  const found = await workingBrowser(context);
  if (found !== undefined) return found;
  const named = context.env['CHROME_PATH'];
  if (named !== undefined && named !== '') {
    throw new IsometryError('SETUP_FAILED', `CHROME_PATH names ${named}, which does not run.`, {
      hint: 'Let it name a Chromium or Chrome, or unset it.',
    });
  }
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  if (!canInstall(release, process.getuid?.())) {
    return {
      status: 'skipped',
      detail: 'there is no Chromium; what runs in a browser is skipped',
      hint: INSTALL_HINT,
    };
  }
  await installChromium(context);
  const installed = await workingBrowser(context);
  if (installed !== undefined) return installed;
  throw new IsometryError('SETUP_FAILED', 'Chromium was installed and does not run.', {
    hint: INSTALL_HINT,
  });
}

/** Debian and what is made of it. Ubuntu's package only calls snap, which containers lack. */
export function canInstall(osRelease: string, uid: number | undefined): boolean {
  const field = (name: string): string =>
    new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(osRelease)?.[1] ?? '';
  const isDebian = field('ID') === 'debian' || field('ID_LIKE').split(' ').includes('debian');
  return uid === 0 && isDebian && field('ID') !== 'ubuntu';
}

/** Started once: a wrapper script may be there without the browser. */
async function workingBrowser(context: SetupContext): Promise<SetupResult | undefined> {
  const path = await findBrowser(context);
  if (path === undefined) return undefined;
  const { code, stdout } = await runProgram(path, ['--version'], context);
  if (code !== 0) return undefined;
  return { status: 'ready', detail: `${stdout.trim()} (${path})` };
}

async function installChromium(context: SetupContext): Promise<void> {
  context.say('installing Debian’s chromium (about 100 MB): browsers are one of the runtimes');
  const env = { ...context.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '-y', '--no-install-recommends', 'chromium'];
  const first = await runProgram('apt-get', install, { env, signal: context.signal });
  if (first.code === 0) return;
  // A fresh image has no package lists.
  await runProgram('apt-get', ['update'], { env, signal: context.signal });
  const second = await runProgram('apt-get', install, { env, signal: context.signal });
  if (second.code === 0) return;
  const reason = second.stderr.trim().split('\n').at(-1) ?? '';
  throw new IsometryError('SETUP_FAILED', `apt-get could not install chromium: ${reason}`, {
    hint: INSTALL_HINT,
  });
}
