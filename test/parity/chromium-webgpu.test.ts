import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chromiumPath, NO_CHROMIUM } from '../chromium.ts';
import { withCpuOnlyOperator } from './broken-files.ts';
import { describeRuntime } from './conformance.case.ts';
import { testModelPath } from './model.ts';
import { openChromium } from './runners/open-chromium.ts';
import { WEBGPU_BOUNDS } from './tolerances.ts';

const isMissing = chromiumPath() === undefined;

describeRuntime({
  name: 'Chromium, WebGPU on SwiftShader',
  open: () => openChromium(['webgpu']),
  provider: 'webgpu',
  bounds: WEBGPU_BOUNDS,
  skip: isMissing ? NO_CHROMIUM : undefined,
});

describe('a model that WebGPU cannot run whole', () => {
  const model = withCpuOnlyOperator(readFileSync(testModelPath()));

  it('is not spread over the CPU in silence', async (context) => {
    context.skip(isMissing, NO_CHROMIUM);
    const runtime = await openChromium(['webgpu']);
    await expect(runtime.loadModel(model)).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      message: expect.stringContaining('nodes that are assigned to the default CPU EP'),
    });
    await runtime.dispose();
  });

  it('goes to the next provider of the list, and says so', async (context) => {
    context.skip(isMissing, NO_CHROMIUM);
    const runtime = await openChromium(['webgpu', 'wasm']);
    await expect(runtime.loadModel(model)).resolves.toMatchObject({ provider: 'wasm' });
    await runtime.dispose();
  });
});
