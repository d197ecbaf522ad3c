/** A bundler for Workers gives an imported .wasm file as a compiled module. */
declare module 'onnxruntime-web/ort-wasm-simd-threaded.wasm' {
  const compiled: WebAssembly.Module;
  export default compiled;
}
