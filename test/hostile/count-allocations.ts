const CONSTRUCTORS = [
  'ArrayBuffer',
  'Uint8Array',
  'Int8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
] as const;

/** What the code asked for since the last {@link AllocationCount.restart}, whether or not it was freed again. */
export interface AllocationCount {
  /** Bytes of the largest buffer. */
  readonly largest: () => number;
  readonly total: () => number;
  readonly restart: () => void;
}

/**
 * Counts every typed array and buffer that code asks for by `new`, before it gets it: a zero-filled gigabyte that nobody
 * touches takes no memory yet, and shows in no measurement of the process.
 */
export function countAllocations(): AllocationCount {
  let largest = 0;
  let total = 0;
  for (const name of CONSTRUCTORS) {
    const original = globalThis[name] as unknown as {
      new (...args: unknown[]): object;
      BYTES_PER_ELEMENT?: number;
    };
    const counted = new Proxy(original, {
      construct(target, args: unknown[], newTarget) {
        const [first] = args;
        const length = typeof first === 'number' ? first : lengthOf(first);
        const bytes = length * (original.BYTES_PER_ELEMENT ?? 1);
        largest = Math.max(largest, bytes);
        total += bytes;
        return Reflect.construct(target, args, newTarget) as object;
      },
    });
    Object.defineProperty(globalThis, name, { value: counted, configurable: true, writable: true });
  }
  return {
    largest: () => largest,
    total: () => total,
    restart: () => void (largest = total = 0),
  };
}

/** A copy of a list; a view of a buffer is none. */
function lengthOf(source: unknown): number {
  const length = typeof source === 'object' && source !== null && 'length' in source;
  return length ? Number(source.length) || 0 : 0;
}
