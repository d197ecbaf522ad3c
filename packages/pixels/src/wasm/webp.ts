import { compileBase64 } from './compile-base64.ts';
import { WEBP_BASE64 } from './webp.generated.ts';

/** Compiles libwebp. workerd takes wasm/webp.workerd.js instead of this module. */
export function compileWebp(): Promise<WebAssembly.Module> {
  return compileBase64(WEBP_BASE64);
}
