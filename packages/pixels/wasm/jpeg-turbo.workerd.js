// workerd forbids compiling bytes; an imported .wasm arrives compiled. Stands for src/wasm/jpeg-turbo.ts.
import jpegTurbo from './jpeg-turbo.wasm';

export function compileJpegTurbo() {
  return Promise.resolve(jpegTurbo);
}
