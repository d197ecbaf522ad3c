/**
 * How far from Node's WebAssembly, the reference, a runtime's outputs may be. WebAssembly itself is
 * compared by its bits and has no tolerance.
 */
export interface OutputBounds {
  /** L2 norm of the embedding's difference over the reference's norm. */
  readonly embedding: number;
  /** 1 - cosine similarity of the embeddings: half the square of `embedding`, to first order. */
  readonly cosine: number;
  /** Largest absolute difference of a probability. */
  readonly probability: number;
  /** Largest absolute difference of a logit. */
  readonly logit: number;
}

/*
 * The bounds hold for test/fixtures/model-v1.onnx; `npm run bench:parity` prints the measurements, over
 * the 44 images of the corpus and 30 ham3 photos. How much a network amplifies float32's rounding is its
 * own property: an earlier fixture, hardly trained (3 epochs, 29 % right), was off by 4.4e-5 of the norm
 * between CPU and WASM, and by about half of that from a float64 evaluation of its graph, either way.
 * Measured on one x86-64 machine with AVX2. Other kernels round otherwise: each bound is about five times
 * what was measured (25 times for the cosine, which goes with the square).
 */

/** Against Node's WASM. Measured: embedding 8.5e-7, cosine 3.3e-13, probability 2.1e-6, logit 9.1e-6 (of 6.6). */
export const NODE_CPU_BOUNDS: OutputBounds = {
  embedding: 4e-6,
  cosine: 8e-12,
  probability: 1e-5,
  logit: 5e-5,
};

/** Likewise, on SwiftShader. Measured: embedding 1.1e-6, cosine 5.9e-13, probability 1.8e-6, logit 8.3e-6. */
export const WEBGPU_BOUNDS: OutputBounds = {
  embedding: 6e-6,
  cosine: 1.5e-11,
  probability: 1e-5,
  logit: 5e-5,
};

/**
 * WASM against the canary's embedding, which ONNX Runtime's CPU provider computed at export: the
 * same pair as above. Measured: 5.5e-7.
 */
export const CANARY_BOUND: number = NODE_CPU_BOUNDS.embedding;
