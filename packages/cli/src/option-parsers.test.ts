import { describe, expect, it } from 'vitest';
import { parseNumber, parsePort, parseProviders } from './option-parsers.ts';

describe('option parsers', () => {
  it('keep the order of providers', () => {
    expect(parseProviders('wasm, cpu')).toEqual(['wasm', 'cpu']);
  });

  it.each(['', 'gpu', 'cpu,', 'toString'])('refuse the providers %j', (text) => {
    expect(() => parseProviders(text)).toThrow('Give some of cpu, cuda, wasm, webgpu.');
  });

  it('read numbers as JavaScript does, and nothing else', () => {
    expect(parseNumber('5e-4')).toBe(5e-4);
    for (const text of ['', ' ', 'ten', 'NaN', 'Infinity']) {
      expect(() => parseNumber(text)).toThrow('Give a number.');
    }
  });

  it('read ports', () => {
    expect(parsePort('0')).toBe(0);
    for (const text of ['', '-1', '65536', '80a', '1e3']) {
      expect(() => parsePort(text)).toThrow('Give a port');
    }
  });
});
