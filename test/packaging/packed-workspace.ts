import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));

/** One package as `npm publish` would send it. */
export interface PackedPackage {
  readonly name: string;
  readonly version: string;
  readonly tarball: string;
  readonly integrity: string;
  readonly shasum: string;
  readonly files: readonly string[];
}

/** Builds the workspace and packs its every package into `folder`. */
export async function packWorkspace(folder: string): Promise<PackedPackage[]> {
  const run = promisify(execFile);
  removeStaleOutput();
  await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-b'], {
    cwd: ROOT,
  }).catch((error: { stdout: string }) => {
    // The compiler says what is wrong on stdout, which execFile's message leaves out.
    throw new TypeError(`tsc -b failed:\n${error.stdout}`);
  });
  const { stdout } = await run('npm', ['pack', '-ws', '--json', '--pack-destination', folder], {
    cwd: ROOT,
    // Lists of a few hundred files each.
    maxBuffer: 16 * 1024 * 1024,
  });
  return (JSON.parse(stdout) as NpmPackEntry[]).map(({ filename, files, ...entry }) => ({
    name: entry.name,
    version: entry.version,
    integrity: entry.integrity,
    shasum: entry.shasum,
    tarball: join(folder, filename),
    files: files.map(({ path }) => path),
  }));
}

/** The compiler leaves the output of a deleted source where it is, and npm would pack it. */
function removeStaleOutput(): void {
  for (const name of readdirSync(join(ROOT, 'packages'))) {
    const dist = join(ROOT, 'packages', name, 'dist');
    if (!existsSync(dist)) continue;
    for (const path of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
      const module = /^(?<module>.+?)(?:\.d\.ts|\.js)(?:\.map)?$/u.exec(path)?.groups?.['module'];
      if (module === undefined) continue;
      const source = join(ROOT, 'packages', name, 'src', `${module}.ts`);
      if (!existsSync(source)) rmSync(join(dist, path), { force: true });
    }
  }
}

interface NpmPackEntry {
  readonly name: string;
  readonly version: string;
  readonly filename: string;
  readonly integrity: string;
  readonly shasum: string;
  readonly files: readonly { readonly path: string }[];
}

/** The package.json of a workspace, as its tarball carries it. */
export function packedManifest({ name }: PackedPackage): Record<string, unknown> {
  const folder = name.replace('@isometry/', 'packages/');
  return JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Record<
    string,
    unknown
  >;
}
