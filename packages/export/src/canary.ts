import {
  INPUT_NAME,
  IsometryError,
  pixelDigest,
  throwIfAborted,
  type DecodeImage,
  type Manifest,
  type ManifestDraft,
  type ModelSession,
  type Tensor,
} from '@isometry/core';
import { CANARY_IMAGE } from './canary-image.ts';

/** The two ports that the exporter proves a model with. */
export interface CanaryPorts {
  /** Opens the model on ONNX Runtime's CPU provider. */
  readonly createSession: (model: Uint8Array) => Promise<ModelSession>;
  /** The same by path: for weights beyond 2 GiB, which lie beside the model in a file of their own. */
  readonly createSessionFromFile?: ((path: string) => Promise<ModelSession>) | undefined;
  readonly decode: DecodeImage;
  readonly signal?: AbortSignal | undefined;
}

/** Probabilities may sum to 1 within float32 rounding: 2^-24 a term, a thousand terms. */
const SUM_TOLERANCE = 1e-4;

/**
 * Runs a session of the model on the canary image and returns what the manifest keeps of it.
 * @throws `INFERENCE_FAILED` when an output is missing, misshapen, not finite or no distribution, `ABORTED`
 */
export async function runCanary(
  session: ModelSession,
  draft: ManifestDraft,
  ports: Pick<CanaryPorts, 'decode' | 'signal'>,
): Promise<NonNullable<Manifest['canary']>> {
  const { signal } = ports;
  const png = Uint8Array.from(Buffer.from(CANARY_IMAGE, 'base64'));
  const decoded = await ports.decode(png, draft.pixels, { signal });
  throwIfAborted(signal);
  const { height, width } = draft.pixels;
  const feeds = { [INPUT_NAME]: { data: decoded.tensor, dims: [1, 3, height, width] } };
  const outputs = await session.run(feeds, ['embedding', 'logits', 'probabilities'], { signal });
  const embedding = checkedOutput(outputs, 'embedding', draft.embedding.size);
  checkedOutput(outputs, 'logits', draft.labels.length);
  const probabilities = checkedOutput(outputs, 'probabilities', draft.labels.length);
  const sum = probabilities.reduce((total, value) => total + value, 0);
  if (Math.abs(sum - 1) > SUM_TOLERANCE) throw failed(`the probabilities sum to ${sum}`);
  return {
    image: CANARY_IMAGE,
    pixelsSha256: pixelDigest(decoded.pixels),
    embedding: [...embedding],
  };
}

function checkedOutput(
  outputs: Readonly<Record<string, Tensor>>,
  name: string,
  size: number,
): Float32Array {
  const output = outputs[name];
  if (output === undefined) throw failed(`there is no output "${name}"`);
  if (output.dims.join() !== `1,${size}`) {
    throw failed(`output "${name}" has shape [${output.dims.join(', ')}] instead of [1, ${size}]`);
  }
  if (!output.data.every(Number.isFinite)) throw failed(`output "${name}" is not finite`);
  return output.data;
}

function failed(problem: string): IsometryError {
  return new IsometryError(
    'INFERENCE_FAILED',
    `The exported model fails on its canary: ${problem}.`,
    {
      hint: 'Check the training run: a loss that is not finite leaves such weights.',
      details: { problem },
    },
  );
}
