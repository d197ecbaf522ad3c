/**
 * What ONNX Runtime is given as the bytes of its WebAssembly, so that they are recognised when it
 * instantiates them. Not WebAssembly: where the replacement is missing, they fail to compile.
 */
export const PLACEHOLDER: Uint8Array<ArrayBuffer> = new TextEncoder().encode(
  'isometry: instantiate the compiled module instead of these bytes',
);

/**
 * Runs `action` while `WebAssembly.instantiate({@link PLACEHOLDER}, imports)` instantiates `compiled`.
 *
 * ONNX Runtime takes its WebAssembly as bytes (`env.wasm.wasmBinary`) and compiles them, which workerd
 * forbids: there a module can only be imported, already compiled. Its glue would take a compiled one
 * (`instantiateWasm`), but no option leads there. Every call with other bytes goes through untouched,
 * and the original function is back when `action` has settled, however it did.
 *
 * Two overlapping calls would restore each other's replacement: callers take turns.
 */
export async function withCompiledModule<Result>(
  compiled: WebAssembly.Module,
  action: () => Promise<Result>,
): Promise<Result> {
  const original = WebAssembly.instantiate;
  const instantiate = async (
    source: BufferSource | WebAssembly.Module,
    imports?: WebAssembly.Imports,
  ): Promise<WebAssembly.Instance | WebAssembly.WebAssemblyInstantiatedSource> => {
    if (isPlaceholder(source)) {
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

/** By content: the glue makes a copy of the bytes. */
function isPlaceholder(source: BufferSource | WebAssembly.Module): boolean {
  return (
    source instanceof Uint8Array &&
    source.length === PLACEHOLDER.length &&
    source.every((byte, index) => byte === PLACEHOLDER[index])
  );
}
