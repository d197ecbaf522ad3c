import { openWorkerd } from '../workerd/open-workerd.ts';
import type { RuntimeUnderTest } from '../runtime-under-test.ts';
import { openChromium } from './open-chromium.ts';
import { openNode } from './open-node.ts';

/** Every runtime that the conformance suite and the quickstart compare, the reference first. */
export const RUNTIMES = {
  'node-cpu': () => openNode(['cpu']),
  'node-wasm': () => openNode(['wasm']),
  'chromium-wasm': () => openChromium(['wasm']),
  'chromium-webgpu': () => openChromium(['webgpu']),
  workerd: openWorkerd,
} as const satisfies Record<string, () => Promise<RuntimeUnderTest>>;
