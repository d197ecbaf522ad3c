import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { testModelPath } from './model.ts';

/** A process that starts TypeScript takes 1 second alone and 8 on a machine that is busy. */
const TIMEOUT_MS = 120_000;

/** Resolves as in an installation without one package. */
const without = (name: string): string =>
  `data:text/javascript,${encodeURIComponent(`
  import { register } from 'node:module';
  register('data:text/javascript,' + encodeURIComponent(\`
    export function resolve(specifier, context, next) {
      if (!specifier.startsWith('${name}')) return next(specifier, context);
      throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
    }
  \`));
`)}`;

async function load(
  providers: string,
  { missing }: { readonly missing?: string } = {},
): Promise<{ readonly outcome: unknown; readonly stderr: string }> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    '--conditions=@isometry/source',
    '--import',
    'tsx',
    ...(missing === undefined ? [] : ['--import', without(missing)]),
    fileURLToPath(new URL('load-in-child.ts', import.meta.url)),
    testModelPath(),
    providers,
  ]);
  return { outcome: JSON.parse(stdout), stderr };
}

describe('without onnxruntime-node', { timeout: TIMEOUT_MS }, () => {
  it('the CPU provider says what to install', async () => {
    const { outcome, stderr } = await load('cpu', { missing: 'onnxruntime-node' });
    expect(outcome).toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      message: 'The cpu provider needs onnxruntime-node, which is not installed.',
      hint: expect.stringContaining('npm install --ignore-scripts onnxruntime-node'),
    });
    expect(stderr).toBe('');
  });

  it('WASM runs, and is what the answer names', async () => {
    const { outcome } = await load('cpu,wasm', { missing: 'onnxruntime-node' });
    expect(outcome).toEqual({ provider: 'wasm' });
  });
});

describe('without onnxruntime-web', { timeout: TIMEOUT_MS }, () => {
  it('the WASM provider says what to install, and the CPU runs', async () => {
    const { outcome, stderr } = await load('wasm', { missing: 'onnxruntime-web' });
    expect(outcome).toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      message: 'The wasm provider needs onnxruntime-web, which is not installed.',
      hint: expect.stringContaining('npm install --ignore-scripts onnxruntime-web'),
    });
    expect(stderr).toBe('');
    const second = await load('wasm,cpu', { missing: 'onnxruntime-web' });
    expect(second.outcome).toEqual({ provider: 'cpu' });
  });
});

describe('with onnxruntime-node', { timeout: TIMEOUT_MS }, () => {
  it('CUDA is CUDA or refused, never the CPU, and nothing is printed', async () => {
    const { outcome, stderr } = await load('cuda');
    const refused = expect.objectContaining({ code: 'PROVIDER_UNAVAILABLE' });
    expect([{ provider: 'cuda' }, refused]).toContainEqual(outcome);
    expect(stderr).toBe('');
  });

  it('falls back along the list only', async () => {
    const { outcome } = await load('cuda,wasm');
    expect([{ provider: 'cuda' }, { provider: 'wasm' }]).toContainEqual(outcome);
  });
});
