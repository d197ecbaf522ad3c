import { describe, expect, it } from 'vitest';
import { PLACEHOLDER, withCompiledModule } from './with-compiled-module.ts';

/** The smallest modules: one exports nothing, the other a global `answer` of 42. */
const EMPTY = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
// prettier-ignore
const ANSWER = new Uint8Array([
  ...EMPTY,
  // Section 6, globals: one constant i32. Section 7, exports: its name.
  6, 6, 1, 127, 0, 65, 42, 11,
  7, 10, 1, 6, ...new TextEncoder().encode('answer'), 3, 0,
]);

describe('withCompiledModule', () => {
  it('instantiates the compiled module in place of the placeholder, in the shape of bytes', async () => {
    const compiled = await WebAssembly.compile(ANSWER);
    const { instance, module } = await withCompiledModule(compiled, () =>
      WebAssembly.instantiate(PLACEHOLDER.slice(), {}),
    );
    expect(module).toBe(compiled);
    expect(instance.exports['answer']).toMatchObject({ value: 42 });
  });

  it('lets every other call through, bytes and modules', async () => {
    const compiled = await WebAssembly.compile(ANSWER);
    const [fromBytes, fromModule] = await withCompiledModule(compiled, () =>
      Promise.all([
        WebAssembly.instantiate(EMPTY),
        WebAssembly.instantiate(new WebAssembly.Module(EMPTY)),
      ]),
    );
    expect(Object.keys(fromBytes.instance.exports)).toEqual([]);
    expect(fromModule).toBeInstanceOf(WebAssembly.Instance);
  });

  it('puts the very same function back, after success and after each kind of failure', async () => {
    const original = WebAssembly.instantiate;
    const compiled = new WebAssembly.Module(EMPTY);
    const failure = new TypeError('no');
    const seen: unknown[] = [];
    const look = (): void => void seen.push(WebAssembly.instantiate);
    await withCompiledModule(compiled, () => Promise.resolve(look()));
    expect(WebAssembly.instantiate).toBe(original);
    await expect(withCompiledModule(compiled, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(WebAssembly.instantiate).toBe(original);
    await expect(
      withCompiledModule(compiled, () => {
        throw failure;
      }),
    ).rejects.toBe(failure);
    expect(WebAssembly.instantiate).toBe(original);
    expect(seen).toHaveLength(1);
    expect(seen[0]).not.toBe(original);
  });
});
