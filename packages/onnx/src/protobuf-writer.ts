import { modelUnwritable } from './model-invalid.ts';

const utf8 = new TextEncoder();

/** Shorter pieces are copied into the open buffer: a piece of its own costs about 100 bytes. */
const MIN_VIEW_BYTES = 4096;
const FIRST_BUFFER_BYTES = 64;
const MAX_BUFFER_BYTES = 65_536;

/**
 * Writes one protobuf message. Long bytes, which are tensors, are kept as the views they came as, however deep they
 * sit: {@link pieces} copies none of them, {@link finish} each a single time.
 */
export class ProtobufWriter {
  readonly #sealed: Uint8Array[] = [];
  #buffer: Uint8Array = new Uint8Array(0);
  #used = 0;
  #size = 0;

  /** How many bytes the message has. */
  get size(): number {
    return this.#size;
  }

  /** An int64, also negative. @throws `MODEL_INVALID` when `value` is no integer up to 2^53 */
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
    for (const piece of other.pieces()) this.#push(piece);
    return this;
  }

  /** The message in order, in pieces that are not to be changed. */
  pieces(): readonly Uint8Array[] {
    return this.#used === 0
      ? this.#sealed
      : [...this.#sealed, this.#buffer.subarray(0, this.#used)];
  }

  finish(): Uint8Array {
    const bytes = new Uint8Array(this.#size);
    let position = 0;
    for (const piece of this.pieces()) {
      bytes.set(piece, position);
      position += piece.length;
    }
    return bytes;
  }

  #push(bytes: Uint8Array): this {
    if (bytes.length >= MIN_VIEW_BYTES) {
      this.#seal();
      this.#sealed.push(bytes);
    } else {
      this.#reserve(bytes.length);
      this.#buffer.set(bytes, this.#used);
      this.#used += bytes.length;
    }
    this.#size += bytes.length;
    return this;
  }

  #seal(): void {
    if (this.#used > 0) this.#sealed.push(this.#buffer.subarray(0, this.#used));
    this.#buffer = new Uint8Array(0);
    this.#used = 0;
  }

  /** Makes room for a short piece in the open buffer. */
  #reserve(length: number): void {
    if (this.#used + length <= this.#buffer.length) return;
    if (this.#used + length > MAX_BUFFER_BYTES) this.#seal();
    let capacity = Math.max(FIRST_BUFFER_BYTES, this.#buffer.length);
    while (capacity < this.#used + length) capacity *= 2;
    const grown = new Uint8Array(capacity);
    grown.set(this.#buffer.subarray(0, this.#used));
    this.#buffer = grown;
  }

  #varint(value: number): this {
    if (!Number.isSafeInteger(value)) throw modelUnwritable(`${value} is no integer up to 2^53`);
    this.#reserve(10);
    const start = this.#used;
    if (value >= 0 && value < 2 ** 31) {
      let rest = value;
      for (; rest > 0x7f; rest >>>= 7) this.#buffer[this.#used++] = (rest & 0x7f) | 0x80;
      this.#buffer[this.#used++] = rest;
    } else {
      let rest = BigInt.asUintN(64, BigInt(value));
      for (; rest > 0x7fn; rest >>= 7n) this.#buffer[this.#used++] = Number(rest & 0x7fn) | 0x80;
      this.#buffer[this.#used++] = Number(rest);
    }
    this.#size += this.#used - start;
    return this;
  }
}
