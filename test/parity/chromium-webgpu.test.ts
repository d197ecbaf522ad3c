import { chromiumPath, NO_CHROMIUM } from '../chromium.ts';
import { describeRuntime } from './conformance.case.ts';
import { openChromium } from './runners/open-chromium.ts';
import { WEBGPU_BOUNDS } from './tolerances.ts';

describeRuntime({
  name: 'Chromium, WebGPU on SwiftShader',
  open: () => openChromium(['webgpu']),
  provider: 'webgpu',
  bounds: WEBGPU_BOUNDS,
  skip: chromiumPath() === undefined ? NO_CHROMIUM : undefined,
});
