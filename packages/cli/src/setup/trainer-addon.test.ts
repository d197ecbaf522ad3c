import { describe, expect, it } from 'vitest';
import { compileArgs, napiVersion } from './trainer-addon.ts';

describe('napiVersion', () => {
  const json = { binary: { napi_versions: [3, 4, 5, 6, 7, 8] } };

  it('is the highest that package and Node both know', () => {
    expect(napiVersion(json, 10)).toBe(8);
    expect(napiVersion(json, 6)).toBe(6);
  });

  it.each([
    [null],
    [{}],
    [{ binary: null }],
    [{ binary: {} }],
    [{ binary: { napi_versions: [] } }],
  ])('is an error for %j', (packageJson) => {
    expect(() => napiVersion(packageJson, 9)).toThrow('names no N-API version');
  });
});

describe('compileArgs', () => {
  it('links with the cached libraries and looks for them beside the package later', () => {
    const args = compileArgs({
      packageFolder: '/p',
      library: '/c',
      napiHeaders: '/h',
      napiVersion: 8,
      out: '/o.node',
    });
    expect(args).toContain('-DNAPI_VERSION=8');
    expect(args).toContain('/c/tensorflow/libtensorflow_cc.so.2');
    expect(args.at(-1)).toBe('-Wl,-rpath,$ORIGIN/../../deps/lib');
  });
});
