import { MAX_NUMBERS, MAX_TEXT_BYTES } from './limits.ts';
import { modelInvalid } from './model-invalid.ts';

/** Protobuf wire types. Groups (3 and 4) are refused: ONNX has none. */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** A byte order mark is part of the text: without it two keys could become one. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads one protobuf message, field by field, without copying. Every length is checked against the
 * message's own end, so that a nested message cannot reach outside its parent.
 * Wire format: https://protobuf.dev/programming-guides/encoding/
 *
 * @example
 * while (reader.next()) {
 *   if (reader.field === 1) name = reader.string();
 *   else reader.skip();
 * }
 */
export class ProtobufReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  /** Shared by all messages of a file. */
  readonly #numbers: { left: number };
  #position: number;
  #wire = VARINT;
  #low = 0;
  #high = 0;
  /** The number of the field that {@link next} found. */
  field = 0;

  constructor(bytes: Uint8Array, parent?: ProtobufReader, start = 0, end: number = bytes.length) {
    const isNested = parent !== undefined;
    this.#bytes = bytes;
    this.#view = isNested
      ? parent.#view
      : new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#numbers = isNested ? parent.#numbers : { left: MAX_NUMBERS };
    this.#position = start;
    this.#end = end;
  }

  /** Where the field after the last one read starts. */
  get position(): number {
    return this.#position;
  }

  /** How many bytes of this message have not been read. */
  get remaining(): number {
    return this.#end - this.#position;
  }

  /** Moves to the next field; false at the end of the message. */
  next(): boolean {
    if (this.#position >= this.#end) return false;
    this.#varint();
    if (this.#high !== 0) throw this.#invalid('a field number is out of range');
    this.#wire = this.#low & 7;
    this.field = this.#low >>> 3;
    if (this.field === 0) throw this.#invalid('field number 0');
    return true;
  }

  /** An int64 that JavaScript holds exactly. */
  int(): number {
    this.#expect(VARINT);
    return this.#readInt();
  }

  /** A repeated int64, packed or not, appended to `values`. */
  ints(values: number[]): void {
    if (this.#wire !== LENGTH_DELIMITED) {
      this.#spend();
      values.push(this.int());
      return;
    }
    const packed = this.message();
    while (packed.#position < packed.#end) {
      this.#spend();
      values.push(packed.#readInt());
    }
  }

  /** A repeated 64-bit varint, packed or not, appended to `words` as low and high 32 bits. */
  words(words: number[]): void {
    if (this.#wire !== LENGTH_DELIMITED) {
      this.#expect(VARINT);
      this.#readWords(words);
      return;
    }
    const packed = this.message();
    while (packed.#position < packed.#end) packed.#readWords(words);
  }

  float(): number {
    this.#expect(FIXED32);
    return this.#view.getFloat32(this.#take(4), true);
  }

  /** A repeated float, packed or not, appended to `values`. */
  floats(values: number[]): void {
    if (this.#wire !== LENGTH_DELIMITED) {
      this.#spend();
      values.push(this.float());
      return;
    }
    const packed = this.message();
    while (packed.#position < packed.#end) {
      this.#spend();
      values.push(packed.#view.getFloat32(packed.#take(4), true));
    }
  }

  /** A view, not a copy. */
  bytes(): Uint8Array {
    this.#expect(LENGTH_DELIMITED);
    const start = this.#takeLength();
    return this.#bytes.subarray(start, this.#position);
  }

  /** A repeated number of 4 or 8 bytes, packed or not: its bytes, as a view. */
  fixed(size: 4 | 8): Uint8Array {
    if (this.#wire === LENGTH_DELIMITED) return this.bytes();
    this.#expect(size === 4 ? FIXED32 : FIXED64);
    const start = this.#take(size);
    return this.#bytes.subarray(start, start + size);
  }

  string(): string {
    this.#expect(LENGTH_DELIMITED);
    const start = this.#takeLength();
    if (this.#position - start > MAX_TEXT_BYTES) {
      throw this.#invalid(`a text is longer than ${MAX_TEXT_BYTES} bytes`);
    }
    try {
      return utf8.decode(this.#bytes.subarray(start, this.#position));
    } catch (cause) {
      throw modelInvalid(`text at byte ${start} is not UTF-8`, { cause });
    }
  }

  /** The nested message, as a reader of its own. */
  message(): ProtobufReader {
    this.#expect(LENGTH_DELIMITED);
    const start = this.#takeLength();
    return new ProtobufReader(this.#bytes, this, start, this.#position);
  }

  skip(): void {
    if (this.#wire === VARINT) this.#varint();
    else if (this.#wire === FIXED64) this.#take(8);
    else if (this.#wire === FIXED32) this.#take(4);
    else {
      this.#expect(LENGTH_DELIMITED);
      this.#takeLength();
    }
  }

  #expect(wire: number): void {
    if (this.#wire === wire) return;
    throw this.#invalid(`field ${this.field} has wire type ${this.#wire} instead of ${wire}`);
  }

  #take(size: number): number {
    const start = this.#position;
    if (size > this.#end - start) {
      throw this.#invalid(`${size} bytes announced, ${this.#end - start} left`);
    }
    this.#position = start + size;
    return start;
  }

  #takeLength(): number {
    this.#varint();
    const length = this.#high * 2 ** 32 + (this.#low >>> 0);
    return this.#take(length < 0 ? Number.POSITIVE_INFINITY : length);
  }

  /** Counts a number that goes into a list. */
  #spend(): void {
    if (this.#numbers.left-- === 0) {
      throw this.#invalid(`more than ${MAX_NUMBERS} numbers outside raw data`);
    }
  }

  #readWords(words: number[]): void {
    this.#spend();
    this.#varint();
    words.push(this.#low, this.#high);
  }

  #readInt(): number {
    this.#varint();
    const value = this.#high * 2 ** 32 + (this.#low >>> 0);
    if (!Number.isSafeInteger(value)) throw this.#invalid('an integer is beyond 2^53');
    return value;
  }

  /** Reads up to ten bytes into two halves: `#low` unsigned or signed alike, `#high` signed. */
  #varint(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#bytes[this.#take(1)] as number;
      const bits = byte & 0x7f;
      if (shift < 32) low |= bits << shift;
      if (shift === 28) high = bits >>> 4;
      else if (shift > 28) high |= bits << (shift - 32);
      if (byte < 0x80) {
        if (shift === 63 && byte > 1) break;
        this.#low = low;
        this.#high = high;
        return;
      }
    }
    throw this.#invalid('a number is longer than 64 bits');
  }

  #invalid(problem: string): Error {
    return modelInvalid(`${problem} at byte ${this.#position}`);
  }
}
