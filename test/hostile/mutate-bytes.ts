import type { Chance } from './chance.ts';

export interface Mutated<Content> {
  /** What was done, for the report of a failure. */
  readonly mutation: string;
  readonly content: Content;
}

/** Damage that knows nothing of the format: flipped bits, a piece cut out, doubled or overwritten, an end cut off. */
export function mutateBytes(bytes: Uint8Array, chance: Chance): Mutated<Uint8Array> {
  const at = chance.below(bytes.length + 1);
  const length = 1 + chance.below(chance.is(0.5) ? 8 : 512);
  const piece = bytes.subarray(at, at + length);
  const kind = chance.pick(['flip', 'cut', 'double', 'random', 'zeros', 'ones', 'end', 'append']);
  const join = (...parts: readonly Uint8Array[]): Uint8Array =>
    new Uint8Array(Buffer.concat(parts));
  const over = (filling: Uint8Array): Uint8Array =>
    join(bytes.subarray(0, at), filling, bytes.subarray(at + filling.length));
  const noise = (count: number): Uint8Array =>
    Uint8Array.from({ length: count }, () => chance.below(256));
  const content = ((): Uint8Array => {
    switch (kind) {
      case 'flip': {
        const copy = bytes.slice();
        for (let flips = 1 + chance.below(8); flips > 0; flips--) {
          const byte = chance.below(copy.length);
          copy[byte] = (copy[byte] ?? 0) ^ (1 << chance.below(8));
        }
        return copy;
      }
      case 'cut':
        return join(bytes.subarray(0, at), bytes.subarray(at + length));
      case 'double':
        return join(bytes.subarray(0, at), piece, bytes.subarray(at));
      case 'random':
        return over(noise(piece.length));
      case 'zeros':
        return over(new Uint8Array(piece.length));
      case 'ones':
        return over(new Uint8Array(piece.length).fill(255));
      case 'end':
        return bytes.slice(0, at);
      default:
        return join(bytes, noise(length));
    }
  })();
  return { mutation: `${kind} at ${at}`, content };
}
