import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { globalViolations } from './global-rules.ts';
import { libraryImportViolations, outsideImportViolations } from './import-rules.ts';
import { publicTypeViolations } from './public-types.ts';
import { parseSource } from './source-file.ts';
import {
  indexViolations,
  lengthViolations,
  machineTraceViolations,
  MAX_LINES,
  nameViolations,
  throwViolations,
} from './style-rules.ts';

/** Each rule has to be able to fail, and has to leave the good neighbour of a bad sample alone. */

describe('imports of library code', () => {
  it.each([
    ['core', `import { x } from '@isometry/pixels';`],
    ['core', `import 'node:fs';`],
    ['core', `import { sha256 } from '@noble/curves';`],
    ['pixels', `export { x } from '@isometry/onnx';`],
    ['onnx', `const x = await import('node:fs/promises');`],
    ['export', `import type { Rank } from '@tensorflow/tfjs-core';`],
    ['export', `let x: import('@isometry/train').TrainResult;`],
    ['export', `import { x } from '../../train/src/config.ts';`],
    ['runtime-node', `import { InferenceSession } from 'onnxruntime-web/webgpu';`],
    ['runtime-node', `const x = require('left-pad');`],
    ['runtime-web', `import ort from 'onnxruntime-web';`],
    ['runtime-web', `import ort from 'onnxruntime-node';`],
    ['edge', `import { loadClassifier } from '@isometry/runtime-web';`],
    ['edge', `import 'hono-like';`],
    ['cli', `import ort from 'onnxruntime-node';`],
    ['stranger', `import { x } from '@isometry/core';`],
  ])('%s may not: %s', (name, text) => {
    expect(libraryImportViolations(parseSource(`packages/${name}/src/a.ts`, text))).toHaveLength(1);
  });

  it.each([
    ['core/src/a.ts', `import { z } from 'zod/mini'; import { x } from './b.ts';`],
    ['core/src/a.ts', `import { sha256 } from '@noble/hashes/sha2.js';`],
    ['edge/src/workerd/a.ts', `import { x } from '@isometry/runtime-web'; import '../b.ts';`],
    ['runtime-node/src/a.ts', `import 'node:fs'; import 'onnxruntime-web/wasm';`],
    ['cli/src/a/b.ts', `const train = await import('@isometry/train');`],
    ['cli/src/a.ts', `import manifest from '../package.json' with { type: 'json' };`],
  ])('%s may: %s', (path, text) => {
    expect(libraryImportViolations(parseSource(`packages/${path}`, text))).toEqual([]);
  });
});

describe('imports of tests, examples and scripts', () => {
  it.each([
    `import { x } from '../../packages/core/src/errors.ts';`,
    `import { x } from '@isometry/core/src/errors.ts';`,
    `await import('../../packages/cli/dist/setup/plan.js');`,
  ])('may not: %s', (text) => {
    expect(outsideImportViolations(parseSource('test/parity/a.ts', text))).toHaveLength(1);
  });

  it('may use entry points', () => {
    const text = `import { x } from '@isometry/edge/workerd'; import './b.ts'; import 'node:fs';`;
    expect(outsideImportViolations(parseSource('test/parity/a.ts', text))).toEqual([]);
  });
});

describe('platform globals', () => {
  it.each([
    ['core', `process.exit(1);`],
    ['core', `const bytes = Buffer.from('x');`],
    ['pixels', `const canvas = document.createElement('canvas');`],
    ['onnx', `export function f(bytes: Buffer): void {}`],
    ['edge', `const x = { process };`],
    ['edge', `globalThis.process.exit(1);`],
    ['runtime-node', `export type Source = HTMLImageElement;`],
    ['runtime-web', `setImmediate(() => {});`],
    ['train', `const width = window.innerWidth;`],
  ])('%s may not: %s', (name, text) => {
    expect(globalViolations(parseSource(`packages/${name}/src/a.ts`, text))).toHaveLength(1);
  });

  it.each([
    ['core', `const url = new URL('x:y'); atob('AA=='); new AbortController(); fetch;`],
    ['core', `function f(process: { document: string }): string { return process.document; }`],
    ['core', `const answer = { window: 1 }; answer.window; interface X { location: string }`],
    ['runtime-web', `const image: HTMLImageElement = document.querySelector('img');`],
    ['cli', `process.exitCode = Buffer.byteLength('x');`],
  ])('%s may: %s', (name, text) => {
    expect(globalViolations(parseSource(`packages/${name}/src/a.ts`, text))).toEqual([]);
  });
});

describe('style', () => {
  it('limits the length of a file', () => {
    const longest = 'x;\n'.repeat(MAX_LINES);
    expect(lengthViolations(parseSource('a.ts', longest))).toEqual([]);
    expect(lengthViolations(parseSource('a.ts', `${longest}y;`))).toHaveLength(1);
  });

  it.each(['utils.ts', 'string-utils.ts', 'helpers/a.ts', 'a/common.ts', 'topK.ts', 'TopK.ts'])(
    'refuses the name %s',
    (name) => {
      expect(nameViolations(parseSource(`packages/core/src/${name}`, ''))).toHaveLength(1);
    },
  );

  it.each(['top-k.ts', 'layers/conv2d.test.ts', 'commonality.ts', 'bin.ts'])(
    'accepts the name %s',
    (name) => {
      expect(nameViolations(parseSource(`packages/core/src/${name}`, ''))).toEqual([]);
    },
  );

  const documentation =
    '/**\n * What it is.\n *\n * @example\n * f();\n *\n * @packageDocumentation\n */\n';
  it.each([
    [`${documentation}export * from './a.ts';`],
    [`${documentation}export * as a from './a.ts';`],
    [`${documentation}export const a = 1;`],
    [`${documentation}import './a.ts';`],
    [`export { a } from './a.ts';`],
    [`/** @packageDocumentation */ export { a } from './a.ts';`],
  ])('refuses the index %j', (text) => {
    expect(indexViolations(parseSource('packages/core/src/index.ts', text))).toHaveLength(1);
  });

  it('accepts an index that re-exports by name', () => {
    const text = `${documentation}export { a, type B } from './a.ts';\nexport type { C } from './c.ts';`;
    expect(indexViolations(parseSource('packages/core/src/index.ts', text))).toEqual([]);
  });

  it.each(['Error', 'TypeError', 'RangeError', 'DOMException'])('refuses to throw %s', (name) => {
    const file = parseSource('packages/core/src/a.ts', `throw new ${name}('x');`);
    expect(throwViolations(file)).toHaveLength(1);
  });

  it.each([
    `function f() { throw new TypeError('x'); } f();`,
    `export function f() { throw new TypeError('x'); } try { f(); } catch {}`,
    `try { f(); } catch { throw new TypeError('x'); }`,
    `try { throw new TypeError('x'); } finally { f(); }`,
  ])('refuses a plain error that nothing here catches: %s', (text) => {
    expect(throwViolations(parseSource('packages/core/src/a.ts', text))).toHaveLength(1);
  });

  it.each([
    `try { throw new TypeError('x'); } catch (cause) { throw new IsometryError('A', 'b', { cause }); }`,
    `function f() { throw new TypeError('x'); } try { g(() => f()); } catch {}`,
    `function f() { f(); throw new TypeError('x'); } try { f(); } catch {}`,
  ])('accepts a plain error as the cause of another: %s', (text) => {
    expect(throwViolations(parseSource('packages/core/src/a.ts', text))).toEqual([]);
  });

  it('accepts an IsometryError and throwing on what was caught', () => {
    const text = `throw new IsometryError('ABORTED', 'x'); try { f(); } catch (error) { throw error; }`;
    expect(throwViolations(parseSource('packages/core/src/a.ts', text))).toEqual([]);
  });

  it.each([
    ['/', 'root/.npmrc'],
    ["readFileSync('/", "work/main/x')"],
    ['see /', 'tmp/interim'],
    ['https://registry.npm', 'js.org/zod'],
  ])('refuses a trace of one machine: %s%s', (start, end) => {
    expect(machineTraceViolations('a.md', `good\n${start}${end}`)).toEqual([
      expect.stringContaining('a.md:2: '),
    ]);
  });

  it.each(['/usr/bin/chromium', '../shared/datasets/ham3', 'a/root/b', '"/tmp"', '/workers/x'])(
    'accepts %s',
    (text) => {
      expect(machineTraceViolations('a.md', text)).toEqual([]);
    },
  );
});

describe('public types', () => {
  const shows: readonly (readonly [index: string, message: string])[] = [
    [`export type { Inner } from '../../inner.ts';`, 'an ONNX Runtime type, Tensor'],
    [
      `import type { Inner } from '../../inner.ts'; export type Outer = readonly Inner[];`,
      'an ONNX Runtime type, Tensor',
    ],
    [
      `export type Runtime = typeof import('onnxruntime-common');`,
      'an ONNX Runtime type, onnxruntime-common',
    ],
    [`export const draw = (image: ImageData): void => {};`, 'a DOM type, ImageData'],
    [`export const read = (bytes: Buffer): void => {};`, 'a Node type, Buffer'],
  ];
  const shared: Readonly<Record<string, string>> = {
    'node_modules/onnxruntime-common/index.d.ts': 'export interface Tensor { dims: number[] }',
    'node_modules/onnxruntime-common/package.json': '{ "types": "./index.d.ts" }',
    'node_modules/@types/node/index.d.ts': 'interface Buffer extends Uint8Array {}',
    'inner.ts': `import type { Tensor } from 'onnxruntime-common';
      export interface Inner { tensor: Tensor }
      export interface Clean { dims: readonly number[] }
      export class Session { #tensor: Tensor | undefined; private other?: Tensor; size = 1; }
      export function measure(clean: Clean): number { const t: Tensor = clean; return t.dims.length; }`,
    'packages/clean/index.ts': `export { measure, Session, type Clean } from '../../inner.ts';`,
  };
  const folder = mkdtempSync(join(tmpdir(), 'isometry-public-types-'));
  let program: ts.Program;

  // One program for all samples: most of its time goes into TypeScript's own library.
  beforeAll(() => {
    const files = Object.entries(shared);
    for (const [number, [index]] of shows.entries()) {
      files.push([`packages/sample-${number}/index.ts`, index]);
    }
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const entries = files.map(([path]) => path).filter((path) => path.endsWith('/index.ts'));
    program = ts.createProgram(
      entries.map((path) => join(folder, path)),
      {
        module: ts.ModuleKind.NodeNext,
        target: ts.ScriptTarget.ES2023,
        allowImportingTsExtensions: true,
        noEmit: true,
        typeRoots: [join(folder, 'node_modules/@types')],
        types: ['node'],
      },
    );
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(shows.map(([index, message], number) => ({ index, message, number })))(
    'refuses $index',
    ({ message, number }) => {
      const entry = join(folder, `packages/sample-${number}/index.ts`);
      expect(publicTypeViolations(program, entry)).toEqual([expect.stringContaining(message)]);
    },
  );

  it('accepts what a package declares an exception', () => {
    const exceptions = [{ package: 'sample-3', what: 'a DOM type', reason: 'it draws' }];
    const entry = (number: number): string => join(folder, `packages/sample-${number}/index.ts`);
    expect(publicTypeViolations(program, entry(3), exceptions)).toEqual([]);
    expect(publicTypeViolations(program, entry(0), exceptions)).toHaveLength(1);
  });

  it('accepts own types, and foreign ones in bodies and private members', () => {
    expect(publicTypeViolations(program, join(folder, 'packages/clean/index.ts'))).toEqual([]);
  });
});
