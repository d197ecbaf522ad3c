import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { DEPENDENCY_TABLE } from './dependency-table.ts';
import { globalViolations } from './global-rules.ts';
import { libraryImportViolations, outsideImportViolations } from './import-rules.ts';
import { publicTypeViolations, type Exception } from './public-types.ts';
import { isLibrary, readSources, ROOT } from './source-file.ts';
import {
  indexViolations,
  lengthViolations,
  machineTraceViolations,
  nameViolations,
  throwViolations,
} from './style-rules.ts';

const packages = readdirSync(join(ROOT, 'packages'));
const sources = readSources('packages');
const inSource = sources.filter(({ path }) => /^packages\/[^/]+\/src\//u.test(path));
const library = sources.filter(isLibrary);
const outside = readSources('test', 'scripts', 'examples', 'bench');

describe('imports', () => {
  it('follow the dependency table', () => {
    expect(library.flatMap(libraryImportViolations)).toEqual([]);
  });

  it('of tests, scripts and examples go through entry points', () => {
    expect(outside.flatMap(outsideImportViolations)).toEqual([]);
  });

  it('have a table that names only packages that exist', () => {
    const folders = Object.keys(DEPENDENCY_TABLE);
    expect(folders.filter((folder) => !existsSync(join(ROOT, folder)))).toEqual([]);
    const named = new Set(folders.map((folder) => folder.split('/')[1]));
    expect(packages.filter((name) => !named.has(name))).toEqual([]);
  });
});

describe('dependencies', () => {
  const decisions = readdirSync(join(ROOT, 'docs/decisions'))
    .map((name) => readFileSync(join(ROOT, 'docs/decisions', name), 'utf8'))
    .join('\n');
  const workspaces = packages.map((name) => ({
    name,
    manifest: readManifest(`packages/${name}/package.json`),
  }));

  it.each(workspaces)('of $name are in the table, and nothing in the table is missing', (one) => {
    const rules = Object.entries(DEPENDENCY_TABLE).filter(([folder]) =>
      folder.startsWith(`packages/${one.name}/`),
    );
    const listed = new Set(rules.flatMap(([, rule]) => rule.libraries.map(packageOf)));
    // A peer that only a sibling loads (the cli's onnxruntime-node) is declared and not imported.
    const { dependencies, peerDependencies } = one.manifest;
    const imported = Object.keys(dependencies ?? {}).filter((name) => !isOwn(name));
    const declared = new Set([...imported, ...Object.keys(peerDependencies ?? {})]);
    expect(imported.filter((name) => !listed.has(name))).toEqual([]);
    expect([...listed].filter((name) => !declared.has(name))).toEqual([]);
  });

  it('each have their line in docs/decisions', () => {
    const all = [readManifest('package.json'), ...workspaces.map(({ manifest }) => manifest)]
      .flatMap((manifest) =>
        Object.keys({
          ...manifest.dependencies,
          ...manifest.devDependencies,
          ...manifest.peerDependencies,
        }),
      )
      .filter((name) => !isOwn(name));
    expect([...new Set(all)].filter((name) => !decisions.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('platform', () => {
  it('globals are used only where the table allows', () => {
    expect(library.flatMap(globalViolations)).toEqual([]);
  });

  // Reading seven packages with their types takes the type checker some seconds on a busy machine.
  it('types cross no package boundary', { timeout: 60_000 }, () => {
    const exceptions: Exception[] = [
      {
        package: 'runtime-web',
        what: 'a DOM type',
        reason: 'it classifies what a page has: ImageData, ImageBitmap, <img>, <canvas>',
      },
      {
        package: 'train',
        what: 'a TensorFlow.js type',
        reason: 'loadTfjs hands out TensorFlow.js itself, repaired for Node 23; no tensor of ours',
      },
    ];
    const config = ts.readConfigFile(join(ROOT, 'tsconfig.base.json'), (path) =>
      readFileSync(path, 'utf8'),
    );
    const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT);
    const entries = library.map(({ path }) => path).filter((path) => path.endsWith('/index.ts'));
    const program = ts.createProgram(
      entries.map((path) => join(ROOT, path)),
      { ...options, composite: false, noEmit: true, types: ['node'] },
    );
    expect(entries.length).toBeGreaterThanOrEqual(packages.length);
    expect(
      entries.flatMap((path) => publicTypeViolations(program, join(ROOT, path), exceptions)),
    ).toEqual([]);
  });
});

describe('style', () => {
  it('every index is a list of names with its documentation', () => {
    expect(library.flatMap(indexViolations)).toEqual([]);
  });

  it('files are short', () => {
    expect([...sources, ...outside].flatMap(lengthViolations)).toEqual([]);
  });

  it('files are named for what they do', () => {
    expect(inSource.flatMap(nameViolations)).toEqual([]);
  });

  it('library code throws only IsometryError', () => {
    expect(library.flatMap(throwViolations)).toEqual([]);
  });

  it('no tracked file names a path or a host of one machine', () => {
    const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
      .split('\0')
      // The lock file's addresses are npm's own notation; binary fixtures hold no text.
      .filter((path) => path !== '' && path !== 'package-lock.json')
      .filter((path) => !/\.(?:onnx|jpe?g|png|webp|gif|wasm|bin)$/u.test(path))
      .filter((path) => existsSync(join(ROOT, path)));
    expect(
      tracked.flatMap((path) =>
        machineTraceViolations(path, readFileSync(join(ROOT, path), 'utf8')),
      ),
    ).toEqual([]);
  });
});

interface PackageManifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

function readManifest(path: string): PackageManifest {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as PackageManifest;
}

function isOwn(name: string): boolean {
  return name.startsWith('@isometry/');
}

/** `@a/b/c` -> `@a/b`, `a/b` -> `a`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
