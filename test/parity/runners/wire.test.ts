import { IsometryError } from '@isometry/core';
import { describe, expect, it } from 'vitest';
import { decodeWire, encodeWire, toErrorReply, valueOfReply, type Reply } from './wire.ts';

const overWire = <Value>(value: Value): Value => decodeWire(encodeWire(value));

describe('the wire between a test and an engine', () => {
  it('keeps every bit of a float, and the view into a larger buffer', () => {
    const bits = new Uint32Array([0x7fc00001, 0x80000000, 1, 0xff800000, 0x3f800001]);
    const view = new Float32Array(bits.buffer).subarray(1);
    const received = overWire({ deep: { view } });
    const { view: back } = received.deep;
    expect(back).toBeInstanceOf(Float32Array);
    expect([...new Uint32Array(back.buffer)]).toEqual([...bits.subarray(1)]);
  });

  it('takes bytes of any length, a Buffer among them', () => {
    const bytes = Uint8Array.from({ length: 20_000 }, (_, index) => index % 251);
    expect(overWire(bytes)).toEqual(bytes);
    expect(overWire([Buffer.from([1, 2])])).toEqual([new Uint8Array([1, 2])]);
  });

  it('carries an IsometryError as itself and any other as a plain error', () => {
    const sent = new IsometryError('IMAGE_INVALID', 'No.', { hint: 'Yes.', details: { at: 3 } });
    const reply = (error: unknown): Reply => overWire(toErrorReply(error));
    expect(() => valueOfReply(reply(sent))).toThrow(
      expect.objectContaining({
        code: 'IMAGE_INVALID',
        message: 'No.',
        hint: 'Yes.',
        details: { at: 3 },
      }),
    );
    expect(() => valueOfReply(reply(new RangeError('far')))).toThrow(/threw RangeError: far/);
    expect(valueOfReply(overWire<Reply>({ value: undefined }))).toBeUndefined();
  });
});
