import { IsometryError, throwIfAborted } from '@isometry/core';

/**
 * Reads a request's body. Bytes are counted as they arrive and what is too much stays unread, because
 * Content-Length can be absent (chunked) and is the sender's word anyway.
 * @throws `REQUEST_TOO_LARGE`, `REQUEST_INVALID` when it is empty or breaks off, `ABORTED`
 */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (request.body === null) throw empty();
  const reader = request.body.getReader();
  while (true) {
    // oxlint-disable-next-line no-await-in-loop -- a stream has an order
    const { done, value } = await reader
      .read()
      .catch((cause: unknown) => brokenOff(request, cause));
    if (done) break;
    size += value.byteLength;
    if (size > maxBytes) {
      // Tells the sender to stop. Not awaited: the answer need not wait for that.
      reader.cancel().catch(() => undefined);
      throw new IsometryError(
        'REQUEST_TOO_LARGE',
        `The request body has more than ${maxBytes} bytes.`,
        { hint: 'Send a smaller image, or fewer files at a time.', details: { maxBytes } },
      );
    }
    chunks.push(value);
  }
  if (size === 0) throw empty();
  return join(chunks, size);
}

function empty(): IsometryError {
  return new IsometryError('REQUEST_INVALID', 'The request body is empty.', {
    hint: "Send an image, e.g. curl -H 'Content-Type: image/jpeg' --data-binary @photo.jpg.",
  });
}

function brokenOff(request: Request, cause: unknown): never {
  throwIfAborted(request.signal);
  throw new IsometryError('REQUEST_INVALID', 'The request body broke off.', {
    hint: 'Send the request again.',
    cause,
  });
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const body = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return body;
}
