import { IsometryError, throwIfAborted } from '@isometry/core';

/**
 * Downloads at most `maxBytes`, counted as they arrive: a server's Content-Length is a claim.
 * `tooLarge` makes the error for more.
 * @throws `FILE_NOT_FOUND`, `FILE_READ_FAILED`, `ABORTED`
 */
export async function fetchBytes(
  url: string | URL,
  options: {
    readonly maxBytes: number;
    readonly tooLarge: () => IsometryError;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Uint8Array> {
  const { maxBytes, tooLarge, signal } = options;
  try {
    const response = await fetch(url, signal === undefined ? {} : { signal });
    if (!response.ok) {
      await response.body?.cancel();
      throw statusError(url, response.status);
    }
    return await readBody(response, maxBytes, tooLarge);
  } catch (error) {
    throwIfAborted(signal);
    if (error instanceof IsometryError) throw error;
    throw new IsometryError('FILE_READ_FAILED', `"${String(url)}" could not be downloaded.`, {
      hint: 'Check the address and the connection; another origin has to allow this page by CORS.',
      cause: error,
      details: { url: String(url) },
    });
  }
}

async function readBody(
  response: Response,
  maxBytes: number,
  tooLarge: () => IsometryError,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  const reader = response.body?.getReader();
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- a stream is read piece by piece
    const next = await reader?.read();
    if (next?.value === undefined) break;
    sizeBytes += next.value.length;
    if (sizeBytes > maxBytes) {
      // oxlint-disable-next-line no-await-in-loop -- the last turn of the loop
      await reader?.cancel();
      throw tooLarge();
    }
    chunks.push(next.value);
  }
  const bytes = new Uint8Array(sizeBytes);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function statusError(url: string | URL, status: number): IsometryError {
  const gone = status === 404 || status === 410;
  return new IsometryError(
    gone ? 'FILE_NOT_FOUND' : 'FILE_READ_FAILED',
    `"${String(url)}" answered with status ${status}.`,
    {
      hint: 'Check the address; a relative one starts at the page.',
      details: { url: String(url), status },
    },
  );
}
