/** How much a reader accepts of a file that it does not trust. */
export interface OnnxLimits {
  /** Largest file in bytes. @defaultValue {@link MAX_MODEL_BYTES} */
  readonly maxBytes?: number | undefined;
  /** Most nodes, tensors, values and attributes together. @defaultValue {@link MAX_ITEMS} */
  readonly maxItems?: number | undefined;
}

/** 2 GiB - 1: protobuf's own limit, so ONNX Runtime reads no larger file either. */
export const MAX_MODEL_BYTES: number = 2 ** 31 - 1;

/**
 * An empty message is 2 bytes in the file and about 200 in memory: without a count, a 100 MB file
 * could ask for 10 GB. A ResNet-152 has about 2,000 items.
 */
export const MAX_ITEMS = 1_000_000;

/**
 * Most bytes of integers that one attribute or tensor has outside `raw_data`. Each can become 16 in memory:
 * 160 MB. Writers put what is larger into `raw_data`, which is not copied.
 */
export const MAX_PACKED_BYTES = 10_000_000;

/** How deep graphs may nest (`If` inside `Loop` …). Protobuf's own limit of 100 messages is 33 graphs. */
export const MAX_GRAPH_DEPTH = 32;

/** Keys and values of `metadata_props` together: four times the largest manifest that core reads. */
export const MAX_METADATA_BYTES = 16_000_000;
