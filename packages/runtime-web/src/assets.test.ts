import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateAsset } from './assets.ts';

let server: Server;
let origin: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const folder = request.url?.split('/')[1];
    const type = folder === 'page' ? 'text/html; charset=utf-8' : 'application/wasm';
    response.writeHead(Number(folder) || 200, { 'Content-Type': type }).end();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('locateAsset', () => {
  it('leaves it to the bundler when no folder is named', async () => {
    expect(await locateAsset('wasm', undefined)).toBeUndefined();
  });

  it.each(['/wasm', '/wasm/', '/405/', '/501/'])('finds the file below %s', async (folder) => {
    const url = await locateAsset('wasm', origin + folder);
    expect(url?.href).toMatch(/\/ort-wasm-simd-threaded\.wasm$/u);
    expect(url?.href).not.toContain(`${folder}//`);
  });

  it.each([
    ['/404/', 'status 404'],
    ['/page/', 'an HTML page'],
  ])('%s is unavailable: %s', async (folder, reason) => {
    await expect(locateAsset('webgpu', origin + folder)).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      message: expect.stringContaining(reason),
      hint: expect.stringContaining('ort-wasm-simd-threaded.asyncify.wasm'),
    });
  });

  // Here, unlike in a page, a relative address has nothing to start from.
  it.each(['http://[', '/relative/', 7])('%s is no address', async (wasmPaths) => {
    await expect(locateAsset('wasm', wasmPaths as string)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      details: { option: 'wasmPaths' },
    });
  });

  it('says so when nobody answers', async () => {
    await expect(locateAsset('wasm', 'http://127.0.0.1:9/')).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
    });
  });
});
