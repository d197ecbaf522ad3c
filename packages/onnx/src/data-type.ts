/** The tensor element types that this package knows, by name: ONNX's number and the size in bytes. */
export const DATA_TYPES = {
  float32: { code: 1, sizeBytes: 4 },
  uint8: { code: 2, sizeBytes: 1 },
  int8: { code: 3, sizeBytes: 1 },
  uint16: { code: 4, sizeBytes: 2 },
  int16: { code: 5, sizeBytes: 2 },
  int32: { code: 6, sizeBytes: 4 },
  int64: { code: 7, sizeBytes: 8 },
  bool: { code: 9, sizeBytes: 1 },
  float16: { code: 10, sizeBytes: 2 },
  float64: { code: 11, sizeBytes: 8 },
  uint32: { code: 12, sizeBytes: 4 },
  uint64: { code: 13, sizeBytes: 8 },
  bfloat16: { code: 16, sizeBytes: 2 },
} as const;

/** A tensor's element type. */
export type DataType = keyof typeof DATA_TYPES;

const byCode: ReadonlyMap<number, DataType> = new Map(
  Object.entries(DATA_TYPES).map(([name, { code }]) => [code, name as DataType]),
);

/** The data type of ONNX's `TensorProto.DataType` number. */
export function dataTypeOf(code: number): DataType | undefined {
  return byCode.get(code);
}
