/** Compiles a WebAssembly module that is carried as base64. `Uint8Array.fromBase64` is too new. */
export function compileBase64(base64: string): Promise<WebAssembly.Module> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return WebAssembly.compile(bytes);
}
