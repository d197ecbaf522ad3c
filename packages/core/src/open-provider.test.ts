import { describe, expect, it } from 'vitest';
import { IsometryError } from './errors.ts';
import { openProvider } from './open-provider.ts';
import type { Provider } from './provider.ts';

function only(...available: Provider[]): (provider: Provider) => Promise<string> {
  return (provider) =>
    available.includes(provider)
      ? Promise.resolve(`session on ${provider}`)
      : Promise.reject(
          new IsometryError('PROVIDER_UNAVAILABLE', `${provider} is missing.`, {
            hint: `Get ${provider}.`,
          }),
        );
}

describe('openProvider', () => {
  it('takes the first that is available, in the order of the caller', async () => {
    await expect(openProvider(['webgpu', 'wasm'], only('cpu', 'wasm'))).resolves.toBe(
      'session on wasm',
    );
    await expect(openProvider(['wasm', 'cpu'], only('cpu', 'wasm'))).resolves.toBe(
      'session on wasm',
    );
  });

  it('never falls back to what was not listed', async () => {
    await expect(openProvider(['webgpu'], only('cpu', 'wasm'))).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      message: 'webgpu is missing.',
    });
  });

  it('names every provider with its reason and its remedy', async () => {
    await expect(openProvider(['cuda', 'webgpu'], only())).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      message:
        'None of the providers cuda, webgpu is available. cuda is missing. webgpu is missing.',
      hint: 'Get cuda. Get webgpu.',
    });
  });

  it('does not take a broken model for a missing provider', async () => {
    const broken = new IsometryError('INFERENCE_FAILED', 'The model is broken.');
    const tried: Provider[] = [];
    await expect(
      openProvider(['cpu', 'wasm'], (provider) => {
        tried.push(provider);
        return Promise.reject(broken);
      }),
    ).rejects.toBe(broken);
    expect(tried).toEqual(['cpu']);
  });

  it.each([[[]], [['gpu']], ['cpu'], [undefined], [[null]]])('refuses %j', async (providers) => {
    await expect(openProvider(providers as unknown as Provider[], only())).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    });
  });
});
