import { describe, expect, it } from 'vitest';
import { IsometryError } from './errors.ts';
import { createOrtEngineLoader, type OrtEngine } from './ort-engine.ts';

// The loader hands the engine on without looking at it.
const ENGINE = {} as OrtEngine;
const MISSING = Object.assign(new Error('no'), { code: 'ERR_MODULE_NOT_FOUND' });

describe('createOrtEngineLoader', () => {
  it('starts once, with the first options', async () => {
    const started: string[] = [];
    const load = createOrtEngineLoader({
      library: 'ort',
      start: (name: string) => {
        started.push(name);
        return Promise.resolve(ENGINE);
      },
    });
    const engines = await Promise.all([load('wasm', '', 'a'), load('wasm', '', 'b')]);
    expect(engines.every((engine) => engine === ENGINE)).toBe(true);
    expect(started).toEqual(['a']);
  });

  it.each([
    [MISSING, 'is not installed'],
    [new TypeError('Failed to fetch dynamically imported module'), 'does not load'],
  ])('of a package that throws %s says that it %s', async (cause, problem) => {
    const load = createOrtEngineLoader({
      library: 'onnxruntime-web',
      start: () => Promise.reject(cause),
    });
    await expect(load('webgpu', 'Bundle it.', undefined)).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      message: `The webgpu provider needs onnxruntime-web, which ${problem}.`,
      hint: 'Bundle it.',
      cause,
      details: { provider: 'webgpu' },
    });
  });

  it('passes an error of its own on as it is', async () => {
    const error = new IsometryError('OPTION_INVALID', 'wasmPaths is no address.');
    const load = createOrtEngineLoader({ library: 'ort', start: () => Promise.reject(error) });
    await expect(load('wasm', '', undefined)).rejects.toBe(error);
  });

  it('tries again after a start that failed, and keeps what that gave', async () => {
    let starts = 0;
    const load = createOrtEngineLoader({
      library: 'ort',
      start: () => {
        starts += 1;
        return starts === 1 ? Promise.reject(MISSING) : Promise.resolve(ENGINE);
      },
    });
    const first = await Promise.allSettled([
      load('wasm', '', undefined),
      load('wasm', '', undefined),
    ]);
    expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await load('wasm', '', undefined)).toBe(ENGINE);
    expect(await load('wasm', '', undefined)).toBe(ENGINE);
    expect(starts).toBe(2);
  });
});
