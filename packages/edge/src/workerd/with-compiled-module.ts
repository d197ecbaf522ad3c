/**
 * Runs `action` while `WebAssembly.instantiate(placeholder, imports)` instantiates `compiled` instead.
 *
 * ONNX Runtime takes its WebAssembly as bytes (`env.wasm.wasmBinary`) and compiles them, which workerd
 * forbids: there a module can only be imported, already compiled. Its glue would take a compiled one
 * (`instantiateWasm`), but no option leads there. So the bytes are a placeholder, recognised by their
 * buffer; every other call goes through untouched, and the original function is back when `action`
 * has settled, however it did.
 *
 * Two overlapping calls would restore each other's replacement: callers take turns.
 */
export async function withCompiledModule<Result>(
  compiled: WebAssembly.Module,
  placeholder: ArrayBuffer,
  action: () => Promise<Result>,
): Promise<Result> {
  const original = WebAssembly.instantiate;
  const instantiate = async (
    source: BufferSource | WebAssembly.Module,
    imports?: WebAssembly.Imports,
  ): Promise<WebAssembly.Instance | WebAssembly.WebAssemblyInstantiatedSource> => {
    if (ArrayBuffer.isView(source) && source.buffer === placeholder) {
      return { instance: await original(compiled, imports), module: compiled };
    }
    // The overloads cannot see that bytes give one result and a module the other.
    return original(source as BufferSource, imports);
  };
  WebAssembly.instantiate = instantiate as typeof WebAssembly.instantiate;
  try {
    return await action();
  } finally {
    WebAssembly.instantiate = original;
  }
}
