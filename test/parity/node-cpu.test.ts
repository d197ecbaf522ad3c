import { describeRuntime } from './conformance.case.ts';
import { openNode } from './runners/open-node.ts';
import { NODE_CPU_BOUNDS } from './tolerances.ts';

describeRuntime({
  name: 'Node, CPU',
  open: () => openNode(['cpu']),
  provider: 'cpu',
  bounds: NODE_CPU_BOUNDS,
});
