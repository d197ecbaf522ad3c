import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packedManifest, packWorkspace, ROOT, type PackedPackage } from './packed-workspace.ts';

const folder = mkdtempSync(join(tmpdir(), 'isometry-pack-'));
const names = readdirSync(join(ROOT, 'packages')).map((name) => `@isometry/${name}`);
let packed: PackedPackage[] = [];

/** What a package holds besides code, types and sources. */
const OTHER_FILES: Readonly<Record<string, RegExp>> = {
  // The decoders as assets for workerd, which compiles no bytes, and their licences.
  '@isometry/pixels': /^wasm\/(?:[\w-]+\.(?:wasm|workerd\.js)|LICENSES\.md)$/u,
  // npm links a command before anything is built, so it is not build output.
  '@isometry/cli': /^bin\/isometry\.js$/u,
};

beforeAll(async () => {
  packed = await packWorkspace(folder);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function find(name: string): PackedPackage {
  const found = packed.find((one) => one.name === name);
  if (found === undefined) throw new TypeError(`${name} was not packed`);
  return found;
}

describe.each(names)('the tarball of %s', (name) => {
  it('holds what its users need: code, types, sources for the maps, and no tests', () => {
    const { files } = find(name);
    const expected = /^(?:package\.json|README\.md|LICENSE|(?:dist|src)\/.+)$/u;
    const others = files.filter((path) => !expected.test(path));
    expect(others.filter((path) => !OTHER_FILES[name]?.test(path))).toEqual([]);
    expect(
      files.filter((path) => /\.(?:test|case)\.|\.tsbuildinfo$|__|\.onnx$|\.jpe?g$/u.test(path)),
    ).toEqual([]);
    // Each source has its code and its types; nothing in dist is left over from a deleted source.
    const modules = (pattern: RegExp): string[] =>
      files.flatMap((path) => pattern.exec(path)?.[1] ?? []).sort();
    const sources = modules(/^src\/(.+)(?<!\.d)\.ts$/u);
    expect(modules(/^dist\/(.+)\.js$/u)).toEqual(sources);
    expect(modules(/^dist\/(.+)\.d\.ts$/u)).toEqual(sources);
  });

  it('has no fault that publint knows', async () => {
    const bytes = readFileSync(find(name).tarball);
    const { messages } = await publint({
      pack: { tarball: new Uint8Array(bytes).buffer },
      strict: true,
    });
    const manifest = packedManifest(find(name));
    expect(messages.map((message) => formatMessage(message, manifest))).toEqual([]);
  });

  // The rest of attw's checks, `require` and the resolution before `exports`, ask for a second format:
  // the packages are ESM only, as its profile `esm-only` has it.
  it('resolves with its types under node16 (ESM) and bundler', async () => {
    const bytes = new Uint8Array(readFileSync(find(name).tarball));
    const result = await checkPackage(createPackageFromTarballData(bytes));
    if (result.types === false) throw new TypeError(`${name} has no types`);
    const entryPoints = Object.keys(result.entrypoints);
    expect(entryPoints).toEqual(Object.keys(packedManifest(find(name))['exports'] ?? {}));
    const problems = result.problems.filter(
      (problem) =>
        !('resolutionKind' in problem && /^node10$|^node16-cjs$/u.test(problem.resolutionKind)),
    );
    expect(problems).toEqual([]);
  });
});
