import { open } from 'node:fs/promises';

/** Node reads no more than 2 GiB at once, and no file beyond by `readFile`. */
const MAX_READ = 2 ** 30;

/** A whole file, of any size. */
export async function readShard(path: string): Promise<ArrayBuffer> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const bytes = new Uint8Array(size);
    let filled = 0;
    while (filled < size) {
      const length = Math.min(size - filled, MAX_READ);
      // One piece behind the other.
      // oxlint-disable-next-line no-await-in-loop
      const { bytesRead } = await file.read(bytes, filled, length, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.buffer;
  } finally {
    await file.close();
  }
}
