// workerd forbids compiling bytes; an imported .wasm arrives compiled. Stands for src/wasm/webp.ts.
import webp from './webp.wasm';

export function compileWebp() {
  return Promise.resolve(webp);
}
