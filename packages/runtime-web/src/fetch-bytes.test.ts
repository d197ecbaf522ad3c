import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { IsometryError } from '@isometry/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchBytes } from './fetch-bytes.ts';

let server: Server;
let origin: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', origin);
    if (pathname === '/eight') {
      // Two chunks, and no Content-Length.
      response.write(Uint8Array.of(1, 2, 3, 4));
      setTimeout(() => response.end(Uint8Array.of(5, 6, 7, 8)), 5);
    } else if (pathname === '/never') {
      response.write(Uint8Array.of(1));
    } else if (pathname === '/cut') {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write(Uint8Array.of(1), () => response.destroy());
    } else {
      const status = Number(pathname.split('/')[1]);
      response.writeHead(status).end();
    }
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('fetchBytes', () => {
  const download = (path: string, maxBytes = 8, signal?: AbortSignal): Promise<Uint8Array> =>
    fetchBytes(origin + path, {
      maxBytes,
      tooLarge: () => new IsometryError('MODEL_TOO_LARGE', 'Too large.'),
      signal,
    });

  it('downloads up to the limit', async () => {
    expect(await download('/eight')).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  });

  it('counts what arrives', async () => {
    await expect(download('/eight', 7)).rejects.toMatchObject({ code: 'MODEL_TOO_LARGE' });
  });

  it.each([
    ['/404', 'FILE_NOT_FOUND'],
    ['/410', 'FILE_NOT_FOUND'],
    ['/403', 'FILE_READ_FAILED'],
    ['/500', 'FILE_READ_FAILED'],
    ['/cut', 'FILE_READ_FAILED'],
  ])('%s is %s', async (path, code) => {
    await expect(download(path)).rejects.toMatchObject({ code, details: { url: origin + path } });
  });

  it('says so when nobody answers', async () => {
    await expect(
      fetchBytes('http://127.0.0.1:9/', {
        maxBytes: 1,
        tooLarge: () => new IsometryError('MODEL_TOO_LARGE', ''),
      }),
    ).rejects.toMatchObject({ code: 'FILE_READ_FAILED', hint: expect.stringContaining('CORS') });
  });

  it('stops in the middle when it is aborted', async () => {
    const controller = new AbortController();
    const downloading = download('/never', 8, controller.signal);
    setTimeout(() => controller.abort(), 20);
    await expect(downloading).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
