import * as z from 'zod';
import type { GraphDraft } from './graph-draft.ts';
import { inKerasOrder, reshapeTo } from './keras-order.ts';
import {
  defineLayer,
  unsupported,
  type LayerConverter,
  type LayerPlace,
} from './layer-converter.ts';
import type { Value } from './value.ts';

/** A layer that combines two or more values one by one, from left to right as Keras does. */
export function mergeLayer(opType: 'Add' | 'Max' | 'Min' | 'Mul' | 'Sub'): LayerConverter {
  return defineLayer(z.object({}), (place) => merge(place, opType, place.name));
}

/**
 * Combines a layer's inputs under a node's name. They broadcast as in Keras: a value of fewer axes is one that has
 * entries of 1 before its own, so that `[C]` goes with `[H, W, C]`.
 */
export function merge(place: LayerPlace<unknown>, opType: string, name: string): Value {
  const { draft, inputs } = place;
  if (inputs.length < 2 || (opType === 'Sub' && inputs.length > 2)) {
    throw unsupported(`it has ${inputs.length} inputs`);
  }
  const aligned = align(draft, inputs, place.name);
  const [first, ...others] = aligned as readonly [Value, ...Value[]];
  let result = first.name;
  let { shape } = first;
  for (const [index, other] of others.entries()) {
    const isLast = index === others.length - 1;
    const node = { name: isLast ? name : `${name}/${index + 1}`, inputs: [result, other.name] };
    result = draft.add(opType, node);
    shape = broadcast(shape, other.shape);
  }
  return { ...first, name: result, shape };
}

/** The values in one order and with the same number of axes. */
function align(draft: GraphDraft, inputs: readonly Value[], name: string): readonly Value[] {
  if (new Set(inputs.map(orderOf)).size === 1) return inputs;
  const rank = Math.max(...inputs.map(({ shape }) => shape.length));
  return inputs.map((input, index) => {
    const value = inKerasOrder(draft, input);
    const missing = rank - value.shape.length;
    const shape = [...Array.from({ length: missing }, () => 1), ...value.shape];
    return reshapeTo(draft, value, shape, `${name}/input${index + 1}`);
  });
}

function broadcast(left: readonly number[], right: readonly number[]): readonly number[] {
  return left.map((size, index) => {
    const other = right[index] as number;
    if (size !== other && size !== 1 && other !== 1) {
      throw unsupported(`its inputs [${left.join(', ')}] and [${right.join(', ')}] do not fit`);
    }
    return size === 1 ? other : size;
  });
}

function orderOf({ shape, flattenedFrom: from }: Value): string {
  return [...shape, 'from', from?.height, from?.width, from?.channels].join();
}
