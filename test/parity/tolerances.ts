/**
 * How far from Node's WebAssembly, the reference, a runtime's outputs may be. WebAssembly itself is
 * compared by its bits and has no tolerance.
 */
export interface OutputBounds {
  /** L2 norm of the embedding's difference over the reference's norm. */
  readonly embedding: number;
  /** 1 - cosine similarity of the embeddings: half the square of `embedding`, to first order. */
  readonly cosine: number;
  /** Largest absolute difference of a probability or a logit. */
  readonly probability: number;
}

/*
 * The bounds hold for test/fixtures/model-v1.onnx. How much a network amplifies float32's rounding is
 * its own property: against a float64 evaluation of the same graph on 3 skin photos (64 px), the
 * reference itself is off by 1.1e-5 to 2.3e-5 of the norm, and onnxruntime-node's CPU provider by
 * 0.8e-5 to 2.2e-5. Neither is the better one, and no bound below their sum can be asked for. (Seeded
 * random MobileNets without batch normalisation: CPU against WASM 2.7e-7 at width 0.25, 5.4e-7 at 1.)
 * Measured on one x86-64 machine with AVX2; other kernels round otherwise and no better.
 */

/**
 * Measured on the 44 images of the corpus and 30 skin photos: embedding 4.4e-5, cosine 9.4e-10,
 * probability 3.0e-8, logit 9.2e-8.
 */
export const NODE_CPU_BOUNDS: OutputBounds = {
  embedding: 1e-4,
  cosine: 5e-9,
  probability: 1e-6,
};

/**
 * Measured on 11 images of the corpus and 12 skin photos, on SwiftShader: embedding 2.5e-5, cosine
 * 3.1e-10, probability 6.0e-8, logit 5.6e-8.
 */
export const WEBGPU_BOUNDS: OutputBounds = {
  embedding: 1e-4,
  cosine: 5e-9,
  probability: 1e-6,
};

/**
 * WASM against the canary's embedding, which ONNX Runtime's CPU provider computed at export: the
 * same pair as above. Measured: 1.5e-5.
 */
export const CANARY_BOUND: number = NODE_CPU_BOUNDS.embedding;
