import { open, type FileHandle } from 'node:fs/promises';
import { endianness } from 'node:os';
import type { ShardFile } from './shard-files.ts';
import { tfjsModelInvalid } from './tfjs-model-invalid.ts';

/** Node reads no more than 2 GiB at once. */
const MAX_READ = 2 ** 30;

/** Reads files one after the other as if they were one, straight into the arrays that keep the values. */
export class ShardReader {
  readonly #shards: readonly ShardFile[];
  #index = 0;
  #offset = 0;
  #handle: FileHandle | undefined;

  constructor(shards: readonly ShardFile[]) {
    this.#shards = shards;
  }

  /** Fills an array with the next values, which lie in the files as little-endian. @throws `RUN_INVALID` */
  async fill(values: Float32Array | Int32Array | Uint16Array | Uint8Array): Promise<void> {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    let filled = 0;
    while (filled < bytes.length) {
      // The bytes lie one after the other; a value may be cut by the end of a file.
      // oxlint-disable-next-line no-await-in-loop
      filled += await this.#read(bytes.subarray(filled));
    }
    if (endianness() === 'BE') swap(bytes, values.BYTES_PER_ELEMENT);
  }

  /** Passes bytes by. */
  async skip(count: number): Promise<void> {
    let left = count;
    while (left > 0) {
      // oxlint-disable-next-line no-await-in-loop
      const { sizeBytes } = await this.#current();
      const step = Math.min(left, sizeBytes - this.#offset);
      this.#offset += step;
      left -= step;
    }
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #read(into: Uint8Array): Promise<number> {
    const shard = await this.#current();
    const length = Math.min(into.length, shard.sizeBytes - this.#offset, MAX_READ);
    try {
      this.#handle ??= await open(shard.path);
      const { bytesRead } = await this.#handle.read(into, 0, length, this.#offset);
      this.#offset += bytesRead;
      if (bytesRead > 0) return bytesRead;
    } catch (cause) {
      throw tfjsModelInvalid(shard.name, 'the weight file cannot be read', cause);
    }
    throw tfjsModelInvalid(shard.name, 'the weight file became shorter while it was read');
  }

  /** The file that the next byte is in. */
  async #current(): Promise<ShardFile> {
    let shard = this.#shards[this.#index];
    while (shard !== undefined && this.#offset >= shard.sizeBytes) {
      // oxlint-disable-next-line no-await-in-loop
      await this.close();
      this.#index += 1;
      this.#offset = 0;
      shard = this.#shards[this.#index];
    }
    if (shard === undefined) throw tfjsModelInvalid('model.json', 'its weight files end too early');
    return shard;
  }
}

function swap(bytes: Uint8Array, size: number): void {
  for (let first = 0; first < bytes.length; first += size) {
    bytes.subarray(first, first + size).reverse();
  }
}
