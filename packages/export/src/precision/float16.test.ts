import { describe, expect, it } from 'vitest';
import { fromFloat16Bits, toFloat16Bits } from './float16.ts';

const HALVES = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);
const INFINITE = 0x7c00;

describe('float16', () => {
  it('keeps every one of the 65,536 halves', () => {
    const back = toFloat16Bits(fromFloat16Bits(HALVES));
    const wrong = HALVES.filter((bits) => {
      const isNan = (bits & 0x7fff) > INFINITE;
      // A NaN stays one; its sign and payload are nobody's business.
      return isNan ? !((back[bits] as number) % 0x8000 > INFINITE) : back[bits] !== bits;
    });
    expect([...wrong]).toEqual([]);
  });

  it.for([
    [1, 0x3c00],
    [-2, 0xc000],
    [0, 0],
    [-0, 0x8000],
    [0.333_251_953_125, 0x3555],
    [65_504, 0x7bff],
    [65_519.996, 0x7bff],
    [65_520, INFINITE],
    [-1e30, 0x8000 | INFINITE],
    [Infinity, INFINITE],
    [2 ** -14, 0x0400],
    [2 ** -14 - 2 ** -25, 0x0400], // a tie, and the even one is normal
    [2 ** -24, 1],
    [2 ** -25, 0], // a tie
    [2 ** -25 * (1 + 2 ** -23), 1],
    [3 * 2 ** -25, 2], // a tie
    [1 + 2 ** -11, 0x3c00], // a tie
    [1 + 3 * 2 ** -11, 0x3c02], // a tie
    [2 ** -149, 0],
  ] as const)('rounds %f to %i', ([value, bits]) => {
    expect(toFloat16Bits(Float32Array.of(value))[0]).toBe(bits);
  });

  it('rounds to the nearest between any two neighbours, and a tie to the even one', () => {
    const wrong: number[] = [];
    for (let bits = 0; bits < INFINITE; bits += 1) {
      const [low = 0] = fromFloat16Bits(Uint16Array.of(bits));
      const high =
        bits + 1 === INFINITE ? 65_536 : (fromFloat16Bits(Uint16Array.of(bits + 1))[0] ?? 0);
      // float32 has 13 more bits: the middle and what lies next to it are exact.
      const middle = (low + high) / 2;
      const near = (high - low) / 8;
      const found = toFloat16Bits(Float32Array.of(middle - near, middle, middle + near, -middle));
      const even = bits % 2 === 0 ? bits : bits + 1;
      if (found.join() !== [bits, even, bits + 1, even | 0x8000].join()) wrong.push(bits);
    }
    expect(wrong).toEqual([]);
  });
});
