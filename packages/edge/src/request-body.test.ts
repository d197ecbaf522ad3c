import { describe, expect, it } from 'vitest';
import { readBody } from './request-body.ts';

function streamed(stream: ReadableStream<Uint8Array>, signal?: AbortSignal): Request {
  const init = { method: 'POST', body: stream, duplex: 'half', ...(signal && { signal }) };
  return new Request('http://localhost/', init);
}

function broken(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      controller.error(new TypeError('socket closed'));
    },
  });
}

describe('readBody', () => {
  it('joins the chunks', async () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new Uint8Array([1, 2]));
        controller.enqueue(new Uint8Array([3]));
        controller.close();
      },
    });
    expect(await readBody(streamed(body), 3)).toEqual(new Uint8Array([1, 2, 3]));
  });

  it('stops reading an endless body just above the limit and cancels it', async () => {
    let pulled = 0;
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled++;
          controller.enqueue(new Uint8Array(1000));
        },
        cancel() {
          cancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    await expect(readBody(streamed(body), 2500)).rejects.toMatchObject({
      code: 'REQUEST_TOO_LARGE',
      details: { maxBytes: 2500 },
    });
    expect(pulled).toBe(3);
    expect(cancelled).toBe(true);
  });

  it('does not believe Content-Length', async () => {
    const request = new Request('http://localhost/', {
      method: 'POST',
      body: new Uint8Array(100),
      headers: { 'Content-Length': '1' },
    });
    await expect(readBody(request, 99)).rejects.toMatchObject({ code: 'REQUEST_TOO_LARGE' });
  });

  it('takes a request without a body as empty', async () => {
    const request = new Request('http://localhost/', { method: 'POST' });
    await expect(readBody(request, 10)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('tells a sender that broke off from one that aborted', async () => {
    await expect(readBody(streamed(broken()), 10)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      hint: 'Send the request again.',
      cause: new TypeError('socket closed'),
    });
    await expect(readBody(streamed(broken(), AbortSignal.abort()), 10)).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});
