import type { FloatConstant, GraphDraft } from '../graph-draft.ts';

/** Fewer values are not worth a constant with another layer's name. */
const MIN_VALUES = 64;

/** How many constants of one hash are compared: more than one means a file that was made for it. */
const MAX_ALIKE = 4;

/** Stores float constants of equal size and values once: the weights of a layer that is called several times. */
export function mergeConstants(draft: GraphDraft): void {
  const kept = new Map<string, { name: string; constant: FloatConstant }[]>();
  for (const [key, group] of groupByDims(draft)) {
    // The values of a constant that has no equal in size are not looked at.
    if (group.length < 2) continue;
    for (const { name, constant } of group) {
      const exactKey = `${key}:${hash(constant.data)}`;
      const alike = kept.get(exactKey) ?? [];
      const same = alike.find((other) => isEqual(other.constant.data, constant.data));
      if (same === undefined) {
        if (alike.length < MAX_ALIKE) kept.set(exactKey, [...alike, { name, constant }]);
      } else {
        draft.redirect(name, same.name);
        draft.floats.delete(name);
      }
    }
  }
}

function groupByDims(
  draft: GraphDraft,
): ReadonlyMap<string, { readonly name: string; readonly constant: FloatConstant }[]> {
  const groups = new Map<string, { name: string; constant: FloatConstant }[]>();
  for (const [name, constant] of draft.floats) {
    if (constant.data.length < MIN_VALUES) continue;
    const key = constant.dims.join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [{ name, constant }]);
    else group.push({ name, constant });
  }
  return groups;
}

function bitsOf({ buffer, byteOffset, length }: Float32Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length);
}

/** FNV-1a over 32-bit words (Fowler, Noll, Vo 1991), with a shift so that high bits reach the low ones. */
function hash(data: Float32Array): number {
  let state = 0x811c9dc5;
  for (const bits of bitsOf(data)) {
    state = Math.imul(state ^ bits, 0x01000193);
    state ^= state >>> 15;
  }
  return state >>> 0;
}

/** Bit for bit, so that -0 stays and NaN equals itself. */
function isEqual(a: Float32Array, b: Float32Array): boolean {
  const other = bitsOf(b);
  return bitsOf(a).every((bits, index) => bits === other[index]);
}
