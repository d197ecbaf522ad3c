import { IsometryError } from '@isometry/core';
import { writeModel } from './encode-model.ts';
import { assertLocation } from './external-location.ts';
import type { ExternalReference } from './external-tensors.ts';
import { finishModel } from './finish-model.ts';
import { MAX_MODEL_BYTES } from './limits.ts';
import type { OnnxModel, OnnxTensor } from './model.ts';

/** Options of {@link encodeExternal}. */
export interface EncodeExternalOptions {
  /**
   * The side file, relative to the model's folder. transformers.js and optimum look for the model's own name with
   * `_data`: `model.onnx_data`.
   */
  readonly location: string;
  /** Largest model file that holds its weights itself. @defaultValue {@link MAX_MODEL_BYTES} */
  readonly thresholdBytes?: number | undefined;
}

/** A model file and the weights that it does not hold. */
export interface EncodedModel {
  readonly model: Uint8Array;
  /**
   * The side file in pieces, in order: views of the tensors, and zeros between them. Empty when the model is whole
   * without it.
   */
  readonly data: readonly Uint8Array[];
  /** Length of the side file in bytes; 0 when there is none. */
  readonly dataSizeBytes: number;
}

/**
 * Smaller tensors stay in the model file, as in Python's onnx (`size_threshold`): shape inference reads the shapes and
 * axes among them.
 */
const MIN_TENSOR_BYTES = 1024;

/**
 * What offsets are multiples of, so that readers can map tensors into memory: a page, and for tensors that need more
 * than one, Windows' allocation granularity. https://github.com/onnx/onnx/blob/main/docs/ExternalData.md
 */
const PAGE_BYTES = 4096;
const GRANULARITY_BYTES = 65_536;
/** From this size on, 64 KiB of zeros before a tensor are at most 6 % of it. ONNX Runtime's writer has the same bound. */
const MIN_GRANULAR_BYTES = 1_048_576;

/**
 * Writes a model and, where one file would be larger than `thresholdBytes`, its weights for a side file. Protobuf ends at
 * 2 GiB, a side file nowhere. The weights are not copied.
 * @throws `MODEL_TOO_LARGE` when the model is too large even without its weights; `MODEL_INVALID`; `OPTION_INVALID`
 */
export function encodeExternal(model: OnnxModel, options: EncodeExternalOptions): EncodedModel {
  const { location, thresholdBytes = MAX_MODEL_BYTES } = options;
  const whole = writeModel(model);
  if (whole.size <= Math.min(thresholdBytes, MAX_MODEL_BYTES)) {
    return { model: whole.finish(), data: [], dataSizeBytes: 0 };
  }
  checkLocation(location);
  const file = new SideFile(location);
  const writer = writeModel(model, (tensor) => file.place(tensor));
  return { model: finishModel(writer), data: file.pieces, dataSizeBytes: file.size };
}

class SideFile {
  readonly pieces: Uint8Array[] = [];
  readonly #location: string;
  size = 0;

  constructor(location: string) {
    this.#location = location;
  }

  place({ data }: OnnxTensor): ExternalReference | undefined {
    if (data.length < MIN_TENSOR_BYTES) return undefined;
    const alignment = data.length < MIN_GRANULAR_BYTES ? PAGE_BYTES : GRANULARITY_BYTES;
    const offset = Math.ceil(this.size / alignment) * alignment;
    if (offset > this.size) this.pieces.push(new Uint8Array(offset - this.size));
    this.pieces.push(data);
    this.size = offset + data.length;
    return { location: this.#location, offset, length: data.length };
  }
}

function checkLocation(location: string): void {
  try {
    assertLocation(location, 'the side file');
  } catch (cause) {
    throw new IsometryError('OPTION_INVALID', `"${location}" is no name for a side file.`, {
      hint: "Name a file in the model's folder, e.g. `model.onnx_data`.",
      cause,
      details: { option: 'location' },
    });
  }
}
