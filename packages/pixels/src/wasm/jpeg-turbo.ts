import { compileBase64 } from './compile-base64.ts';
import { JPEG_TURBO_BASE64 } from './jpeg-turbo.generated.ts';

/** Compiles libjpeg-turbo. workerd takes wasm/jpeg-turbo.workerd.js instead of this module. */
export function compileJpegTurbo(): Promise<WebAssembly.Module> {
  return compileBase64(JPEG_TURBO_BASE64);
}
