/** A protobuf field, taken apart as far as the schema knows it, and written with whatever lie a mutation put in. */
export interface ProtobufField {
  number: number;
  wire: number;
  /** A varint's value; the bytes of a fixed number, a text or raw data; the fields of a message. */
  content: bigint | Uint8Array | ProtobufField[];
  /** The type of a message, by the schema below. */
  type?: string;
  /** Written instead of the length that the content has. */
  announced?: bigint;
}

/** Which fields are messages of which type: onnx.proto, the part that the reader reads. */
const SCHEMA: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  model: { 7: 'graph', 8: 'opset', 14: 'entry' },
  graph: { 1: 'node', 5: 'tensor', 11: 'value', 12: 'value', 13: 'value' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph' },
  tensor: { 13: 'entry' },
  value: { 2: 'type' },
  type: { 1: 'tensorType' },
  tensorType: { 2: 'shape' },
  shape: { 1: 'dimension' },
};

/** Takes a well-formed file apart. */
export function parseFields(bytes: Uint8Array, type = 'model'): ProtobufField[] {
  const fields: ProtobufField[] = [];
  let position = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[position++];
      if (byte === undefined) throw new TypeError('the seed file is damaged');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Uint8Array => bytes.subarray(position, (position += length));
  while (position < bytes.length) {
    const tag = Number(varint());
    const [number, wire] = [tag >>> 3, tag & 7];
    const child = SCHEMA[type]?.[number];
    if (wire === 0) fields.push({ number, wire, content: varint() });
    else if (wire === 1) fields.push({ number, wire, content: take(8) });
    else if (wire === 5) fields.push({ number, wire, content: take(4) });
    else {
      const inside = take(Number(varint()));
      fields.push(
        child === undefined
          ? { number, wire, content: inside }
          : { number, wire, content: parseFields(inside, child), type: child },
      );
    }
  }
  return fields;
}

/** Writes fields as they are, lies and all. */
export function writeFields(fields: readonly ProtobufField[]): Uint8Array {
  return new Uint8Array(
    Buffer.concat(
      fields.flatMap(({ number, wire, content, announced }) => {
        const tag = varintOf(BigInt(number) * 8n + BigInt(wire));
        if (typeof content === 'bigint') return [tag, varintOf(content)];
        const inside = Array.isArray(content) ? writeFields(content) : content;
        if (wire !== 2) return [tag, inside];
        return [tag, varintOf(announced ?? BigInt(inside.length)), inside];
      }),
    ),
  );
}

/** Up to ten bytes, as protobuf writes any 64-bit number. */
export function varintOf(value: bigint): Uint8Array {
  let rest = BigInt.asUintN(64, value);
  const bytes: number[] = [];
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.from([...bytes, Number(rest)]);
}
