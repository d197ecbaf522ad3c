import { describeRuntime } from './conformance.case.ts';
import { openNode } from './runners/open-node.ts';

describeRuntime({
  name: 'Node, WASM',
  open: () => openNode(['wasm']),
  provider: 'wasm',
  bounds: 'exact',
});
