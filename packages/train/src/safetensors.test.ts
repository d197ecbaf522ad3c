import { expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

const CONTENTS = {
  tensors: new Map([
    ['conv1/kernel', { shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 0, 1e-38, 6) }],
    ['scalar', { shape: [], values: Float32Array.of(7) }],
  ]),
  metadata: { progress: '{"epoch":3}' },
};

it('gives back bit for bit what was written', () => {
  expect(decodeSafetensors(encodeSafetensors(CONTENTS), 'x')).toEqual(CONTENTS);
});

it('writes the layout of the format: length, JSON header, raw little-endian values', () => {
  const bytes = encodeSafetensors(CONTENTS);
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  expect(length % 8).toBe(0);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as object;
  expect(header).toEqual({
    __metadata__: { progress: '{"epoch":3}' },
    'conv1/kernel': { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
    scalar: { dtype: 'F32', shape: [], data_offsets: [24, 28] },
  });
  expect(new DataView(bytes.buffer).getFloat32(8 + length + 8, true)).toBe(3.5);
});

it('refuses a file that is cut short at any byte, or is something else', () => {
  const bytes = encodeSafetensors(CONTENTS);
  for (let end = 0; end < bytes.length; end += 1) {
    expect(() => decodeSafetensors(bytes.subarray(0, end), 'x')).toThrow(
      expect.objectContaining({ code: 'RUN_INVALID' }),
    );
  }
  const noise = Uint8Array.from({ length: 64 }, (_, index) => (index * 37) % 251);
  expect(() => decodeSafetensors(noise, 'x')).toThrow(
    expect.objectContaining({ code: 'RUN_INVALID' }),
  );
});
