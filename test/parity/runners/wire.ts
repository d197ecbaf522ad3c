import { IsometryError, isIsometryError, type SerializedError } from '@isometry/core';

/** What an engine answers: the result, or what it threw. */
export type Reply<Value = unknown> =
  | { readonly value?: Value }
  | { readonly error: SerializedError }
  | { readonly foreignError: string };

/**
 * JSON in which typed arrays keep every bit: `{ "$float32": base64 }` and `{ "$uint8": base64 }`,
 * little-endian as on every engine that runs WebAssembly.
 */
export function encodeWire(value: unknown): string {
  return JSON.stringify(value, function replace(this: Record<string, unknown>, key: string) {
    // Not the replacer's second argument: JSON has called a Buffer's own toJSON on that one.
    const item = this[key];
    if (item instanceof Float32Array) {
      return { $float32: toBase64(new Uint8Array(item.buffer, item.byteOffset, item.byteLength)) };
    }
    return item instanceof Uint8Array ? { $uint8: toBase64(item) } : item;
  });
}

/** The inverse of {@link encodeWire}. Both ends are this code, so the caller's word for the type stands. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the doc comment says why
export function decodeWire<Value>(text: string): Value {
  return JSON.parse(text, (_key, item: unknown) => {
    if (typeof item !== 'object' || item === null) return item;
    if ('$float32' in item) return new Float32Array(fromBase64(String(item.$float32)).buffer);
    return '$uint8' in item ? fromBase64(String(item.$uint8)) : item;
  });
}

/** Turns what an engine threw into a {@link Reply}. */
export function toErrorReply(error: unknown): Reply {
  if (isIsometryError(error)) return { error: error.toJSON() };
  return {
    foreignError: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
  };
}

/** The value of a {@link Reply}; throws what the engine threw. */
export function valueOfReply<Value>(reply: Reply<Value>): Value | undefined {
  if ('error' in reply) {
    const { code, message, ...rest } = reply.error;
    throw new IsometryError(code, message, rest);
  }
  if ('foreignError' in reply) throw new Error(`The engine threw ${reply.foreignError}`);
  return reply.value;
}

/** `String.fromCharCode` takes its bytes as arguments, and engines limit how many there can be. */
const BASE64_CHUNK_BYTES = 0x2000;

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += BASE64_CHUNK_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(at, at + BASE64_CHUNK_BYTES));
  }
  return btoa(binary);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
