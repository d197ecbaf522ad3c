import type { GraphDraft } from './graph-draft.ts';
import type { Spatial, Value } from './value.ts';

/** A rectangle of a feature map. */
export interface Rectangle {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** Cuts a rectangle out, by one Slice under a node's name. */
export function crop(
  draft: GraphDraft,
  input: Value,
  { channels }: Spatial,
  { top, left, height, width, name }: Rectangle & { readonly name: string },
): Value {
  const inputs = [
    input.name,
    draft.integersOf(`${name}/starts`, [top, left]),
    draft.integersOf(`${name}/ends`, [top + height, left + width]),
    draft.integersOf(`${name}/axes`, [2, 3]),
  ];
  return { name: draft.add('Slice', { name, inputs }), shape: [height, width, channels] };
}
