/** How much a reader accepts of a file that it does not trust. */
export interface OnnxLimits {
  /** Largest file in bytes. @defaultValue {@link MAX_MODEL_BYTES} */
  readonly maxBytes?: number | undefined;
  /**
   * Most parts together: nodes with their inputs and outputs, tensors, values with their sizes, attributes.
   * @defaultValue {@link MAX_ITEMS}
   */
  readonly maxItems?: number | undefined;
  /** Most bytes that tensors take from side files, together. @defaultValue {@link MAX_EXTERNAL_BYTES} */
  readonly maxExternalBytes?: number | undefined;
}

/** 2 GiB - 1: protobuf's own limit, so ONNX Runtime reads no larger file either. */
export const MAX_MODEL_BYTES: number = 2 ** 31 - 1;

/**
 * An empty message is 2 bytes in the file and about 200 in memory: without a count, a 100 MB file
 * could ask for 10 GB. A ResNet-152 has about 6,000 items.
 */
export const MAX_ITEMS = 1_000_000;

/**
 * 16 GiB. A million tensors may all name the same gigabyte of a side file: together they are counted.
 */
export const MAX_EXTERNAL_BYTES: number = 2 ** 34;

/**
 * Most numbers in a file's attributes, shapes and typed tensor fields (`int32_data` …). Each becomes 16 bytes in memory, and
 * as much again while its list grows: 80 MB. Writers put what is larger into `raw_data`, which is not copied; nor is `float_data`.
 */
export const MAX_NUMBERS = 2_000_000;

/** Longest name or documentation in bytes: far beyond any, and far from the half gigabyte that JavaScript's strings end at. */
export const MAX_TEXT_BYTES = 16_000_000;

/** Most dimensions of a tensor. NumPy 2 has as many. */
export const MAX_RANK = 64;

/** How deep graphs may nest (`If` inside `Loop` …). Protobuf's own limit of 100 messages is 33 graphs. */
export const MAX_GRAPH_DEPTH = 32;

/** Keys and values of `metadata_props` together: four times the largest manifest that core reads. */
export const MAX_METADATA_BYTES = 16_000_000;

/** Most entries of `metadata_props`: 16 MB of empty ones would be two million. Files have a dozen. */
export const MAX_METADATA_ENTRIES = 10_000;
