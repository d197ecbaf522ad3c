import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cacheFolder } from './cache-folder.ts';
import { findBrowser } from './find-browser.ts';
import { assertFreeSpace, formatBytes } from './free-space.ts';
import { canInstall, setupBrowser } from './setup-browser.ts';
import { judgePackages } from './judge-packages.ts';
import { readPinned, setupJudges } from './setup-judges.ts';

describe('cacheFolder', () => {
  it.each([
    [{ ISOMETRY_CACHE: '/a', XDG_CACHE_HOME: '/b' }, '/a'],
    [{ XDG_CACHE_HOME: '/b' }, join('/b', 'isometry')],
    [{ ISOMETRY_CACHE: '', XDG_CACHE_HOME: '' }, join(homedir(), '.cache', 'isometry')],
    [{}, join(homedir(), '.cache', 'isometry')],
  ])('for %j is %s', (env, folder) => {
    expect(cacheFolder(env)).toBe(folder);
  });
});

describe('canInstall', () => {
  const debian = 'PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n';

  it.each([
    [debian, 0, true],
    [debian, 1000, false],
    [debian, undefined, false],
    ['ID=raspbian\nID_LIKE=debian\n', 0, true],
    ['ID=ubuntu\nID_LIKE=debian\n', 0, false],
    ['ID="fedora"\n', 0, false],
    ['', 0, false],
  ])('for %j and uid %s is %s', (release, uid, expected) => {
    expect(canInstall(release, uid)).toBe(expected);
  });
});

describe('setupBrowser', () => {
  it('believes CHROME_PATH and looks nowhere else', async () => {
    const env = { ...process.env, CHROME_PATH: '/nowhere/chrome' };
    expect(await findBrowser({ cwd: process.cwd(), env })).toBeUndefined();
    await expect(setupBrowser({ env })).rejects.toMatchObject({
      code: 'SETUP_FAILED',
      message: 'CHROME_PATH names /nowhere/chrome, which does not run.',
    });
  });
});

describe('setupJudges', () => {
  it('is skipped, with a hint, where there is no Python', async () => {
    const result = await setupJudges({ env: { PATH: '/nowhere', ISOMETRY_CACHE: '/nowhere' } });
    expect(result.status).toBe('skipped');
    expect(result.hint).toContain('python3');
  });

  const printed = (platform: string, minor: number): string =>
    [minor, ...judgePackages(platform, minor).map(({ pin }) => pin.replace('==', ' '))].join('\n');

  it('wants exactly the pinned versions', () => {
    const right = printed('linux-x64', 11);
    const packages = readPinned(`${right}\n`, 'linux-x64');
    expect(packages).toHaveLength(31);
    expect(readPinned(right.replace('11.3.0', '11.3.1'), 'linux-x64')).toBeUndefined();
    expect(readPinned(right.replace('\nwrapt 1.14.1', ''), 'linux-x64')).toBeUndefined();
    expect(readPinned('', 'linux-x64')).toBeUndefined();
  });

  it('bring tf2onnx from Python 3.10 on', () => {
    expect(printed('linux-x64', 10)).toContain('\ntf2onnx 1.17.0');
    const older = printed('linux-x64', 9);
    expect(older).not.toContain('tf2onnx');
    expect(readPinned(older, 'linux-x64')).toHaveLength(30);
    // What setup made before it brought tf2onnx: made anew.
    const earlier = printed('linux-x64', 11).replace('\ntf2onnx 1.17.0', '');
    expect(readPinned(earlier, 'linux-x64')).toBeUndefined();
  });

  it.each([
    ['linux-x64', 12],
    ['linux-arm64', 11],
    ['darwin-arm64', 10],
    ['win32-x64', 9],
  ])('does without TensorFlow on %s with Python 3.%d', (platform, minor) => {
    const right = printed(platform, minor);
    expect(right).not.toContain('tensorflow');
    expect(readPinned(right, platform)).toHaveLength(9);
    // What an environment of an earlier release holds, where TensorFlow belongs: made anew.
    expect(readPinned(right.replace(/^\d+/, '11'), 'linux-x64')).toBeUndefined();
  });
});

describe('free space', () => {
  it('is checked on the nearest folder that exists', async () => {
    const absent = join(process.cwd(), 'absent', 'folder');
    await expect(assertFreeSpace(absent, 1)).resolves.toBeUndefined();
    await expect(assertFreeSpace(absent, 1e18)).rejects.toMatchObject({ code: 'SETUP_FAILED' });
  });

  it.each([
    [999, '1 kB'],
    [207e6, '207 MB'],
    [2.36e9, '2.4 GB'],
  ])('shows %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});
