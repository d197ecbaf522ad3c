import { expect, it } from 'vitest';
import { printable } from './printable.ts';

it('spells control characters out, and leaves everything else', () => {
  expect(printable('a\u001B[2J\nb\u009B1mc\u007F')).toBe(
    String.raw`a\u001b[2J\u000ab\u009b1mc\u007f`,
  );
  expect(printable('Hühnerauge, 鸡眼 "x"')).toBe('Hühnerauge, 鸡眼 "x"');
});
