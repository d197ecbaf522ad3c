import { chromiumPath, NO_CHROMIUM } from '../chromium.ts';
import { describeRuntime } from './conformance.case.ts';
import { openChromium } from './runners/open-chromium.ts';

describeRuntime({
  name: 'Chromium, WASM',
  open: () => openChromium(['wasm']),
  provider: 'wasm',
  bounds: 'exact',
  skip: chromiumPath() === undefined ? NO_CHROMIUM : undefined,
});
