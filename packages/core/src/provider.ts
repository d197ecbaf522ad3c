/**
 * The ONNX Runtime execution providers that Isometry knows:
 * `cpu` and `cuda` through onnxruntime-node, `wasm` through onnxruntime-web, `webgpu` through either.
 */
export const PROVIDERS = ['cpu', 'cuda', 'wasm', 'webgpu'] as const;

/** One of {@link PROVIDERS}. */
export type Provider = (typeof PROVIDERS)[number];

/** Tells whether `value` is one of {@link PROVIDERS}. */
export function isProvider(value: unknown): value is Provider {
  return (PROVIDERS as readonly unknown[]).includes(value);
}
