/** The rule of type `Data` in wrangler.jsonc gives an imported model as its bytes. */
declare module '*.onnx' {
  const bytes: ArrayBuffer;
  export default bytes;
}
