const utf8 = new TextEncoder();

/**
 * Writes one protobuf message. Pieces are kept as they come and joined once by {@link finish}, so
 * that a tensor's bytes are copied a single time however deep they sit.
 */
export class ProtobufWriter {
  readonly #chunks: Uint8Array[] = [];
  #size = 0;

  /** An int64, also negative. `value` is an integer up to 2^53. */
  int(field: number, value: number): this {
    return this.#varint(field * 8).#varint(value);
  }

  /** A repeated int64, packed. Nothing is written for an empty list. */
  packedInts(field: number, values: readonly number[]): this {
    if (values.length === 0) return this;
    const packed = new ProtobufWriter();
    for (const value of values) packed.#varint(value);
    return this.message(field, packed);
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#varint(field * 8 + 5).#push(bytes);
  }

  /** A repeated float, packed. Nothing is written for an empty list. */
  packedFloats(field: number, values: readonly number[]): this {
    if (values.length === 0) return this;
    const bytes = new Uint8Array(values.length * 4);
    const view = new DataView(bytes.buffer);
    for (const [index, value] of values.entries()) view.setFloat32(index * 4, value, true);
    return this.bytes(field, bytes);
  }

  bytes(field: number, bytes: Uint8Array): this {
    return this.#varint(field * 8 + 2)
      .#varint(bytes.length)
      .#push(bytes);
  }

  string(field: number, text: string): this {
    return this.bytes(field, utf8.encode(text));
  }

  /** A nested message. */
  message(field: number, content: ProtobufWriter): this {
    return this.#varint(field * 8 + 2)
      .#varint(content.#size)
      .append(content);
  }

  /** Bytes that are already encoded fields. */
  encoded(fields: Uint8Array): this {
    return this.#push(fields);
  }

  /** All fields of another message. */
  append(other: ProtobufWriter): this {
    for (const chunk of other.#chunks) this.#push(chunk);
    return this;
  }

  finish(): Uint8Array {
    const bytes = new Uint8Array(this.#size);
    let position = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, position);
      position += chunk.length;
    }
    return bytes;
  }

  #push(chunk: Uint8Array): this {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    return this;
  }

  #varint(value: number): this {
    let rest = BigInt.asUintN(64, BigInt(value));
    const bytes: number[] = [];
    while (rest > 0x7fn) {
      bytes.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
    return this.#push(Uint8Array.from(bytes));
  }
}
