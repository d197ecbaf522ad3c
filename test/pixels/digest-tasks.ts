import { pixelDigest, type PixelSpec } from '@isometry/core';
import { createImageDecoder } from '@isometry/pixels';

/** One image and the specs to prepare it by, in a form that crosses into another engine. */
export interface DigestTask {
  readonly base64: string;
  readonly specs: readonly PixelSpec[];
}

/** The digests of every image under each of its specs. Runs in any engine. */
export async function digestTasks(tasks: readonly DigestTask[]): Promise<string[][]> {
  const decode = createImageDecoder();
  return Promise.all(
    tasks.map(({ base64, specs }) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      return Promise.all(
        specs.map(async (spec) => pixelDigest((await decode(bytes, spec)).pixels)),
      );
    }),
  );
}
