import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cachedImagenetFile, findCached, startingWeightsFile } from './cached-weights.ts';
import { fetchWeights } from './fetch-weights.ts';
import { imagenetFileFor, type ImagenetFile } from './imagenet-files.ts';
import { verifyWeights } from './verify-weights.ts';

/** Longer than one chunk of a socket, so that a break-off leaves something. */
const CONTENT = Buffer.concat([
  Buffer.from('\u0089HDF\r\n\u001a\n', 'latin1'),
  Buffer.alloc(400_000, 'weights'),
]);
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');
const FILE = imagenetFileFor({ backbone: 'mobilenet', size: 128 });

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let cache = '';
let server: Server;
let baseUrl = '';
/** Answers requests in turn; the last one answers all that follow. */
let answers: Answer[] = [];
/** The Range header of every request. */
let ranges: (string | undefined)[] = [];

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'isometry-cache-'));
  answers = [serve()];
  ranges = [];
  server = createServer((request, response) => {
    ranges.push(request.headers.range);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(request, response);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keras`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(cache, { recursive: true, force: true });
});

/** A server of files with ranges; `breakAfter` bytes it drops the connection. */
function serve(options: { content?: Buffer; etag?: string; breakAfter?: number } = {}): Answer {
  const { content = CONTENT, etag = '"1"', breakAfter } = options;
  return (request, response) => {
    const isSame = request.headers['if-range'] === etag;
    const [, from = '0'] = (isSame && /^bytes=(\d+)-$/.exec(request.headers.range ?? '')) || [];
    const start = Number(from);
    if (start >= content.length) {
      response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
      return;
    }
    const body = content.subarray(start);
    const headers: Record<string, string | number> = { etag, 'content-length': body.length };
    if (start > 0) {
      headers['content-range'] = `bytes ${start}-${content.length - 1}/${content.length}`;
    }
    response.writeHead(start > 0 ? 206 : 200, headers);
    if (breakAfter === undefined) response.end(body);
    else
      response.write(body.subarray(0, breakAfter), () => setTimeout(() => response.destroy(), 50));
  };
}

const redirect =
  (location: string): Answer =>
  (_, response) =>
    void response.writeHead(302, { location }).end();
const status =
  (code: number): Answer =>
  (_, response) =>
    void response.writeHead(code).end('<html>');

const env = () => ({ ISOMETRY_CACHE: cache });
const fetchIt = (file: ImagenetFile = FILE, signal?: AbortSignal) =>
  fetchWeights(file, { env: env(), baseUrl, signal });
const inCache = async () => (await readdir(join(cache, 'weights'))).sort();

describe('fetchWeights', () => {
  it('downloads once, with the SHA-256 beside it', async () => {
    const progress: number[] = [];
    const fetched = await fetchWeights(FILE, {
      env: { ...env(), ISOMETRY_WEIGHTS_URL: baseUrl },
      onProgress: (done, total) => {
        progress.push(done);
        expect(total).toBe(CONTENT.length);
      },
    });
    expect(await readFile(fetched.path)).toEqual(CONTENT);
    expect(fetched.record).toEqual({
      url: `${baseUrl}/mobilenet/mobilenet_1_0_128_tf_no_top.h5`,
      bytes: CONTENT.length,
      sha256: SHA256,
      checkedBy: 'first-download',
    });
    expect(progress.at(-1)).toBe(CONTENT.length);
    expect(await fetchIt()).toEqual(fetched);
    expect(ranges).toEqual([undefined]);
    expect(await inCache()).toEqual([FILE.name, `${FILE.name}.json`]);
  });

  it('goes on by itself where the connection broke off', async () => {
    answers = [serve({ breakAfter: 100_000 }), serve({ breakAfter: 50_000 }), serve()];
    const { path } = await fetchIt();
    expect(await readFile(path)).toEqual(CONTENT);
    expect(ranges).toHaveLength(3);
    expect(ranges[0]).toBeUndefined();
    for (const range of ranges.slice(1)) expect(range).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it('goes on in a later run, where it was stopped', async () => {
    const controller = new AbortController();
    answers = [serve({ breakAfter: 100_000 })];
    const stopped = fetchWeights(FILE, {
      env: env(),
      baseUrl,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    const part = (await stat(join(cache, 'weights', `${FILE.name}.part`))).size;
    expect(part).toBeGreaterThan(0);
    expect(await cachedImagenetFile({ backbone: 'mobilenet' }, env())).toBeUndefined();
    answers = [serve()];
    const { path } = await fetchIt();
    expect(ranges.at(-1)).toBe(`bytes=${part}-`);
    expect(await readFile(path)).toEqual(CONTENT);
  });

  it('starts anew when the server has another version, or does no ranges', async () => {
    for (const later of [serve({ etag: '"2"' }), plain]) {
      await rm(join(cache, 'weights'), { recursive: true, force: true });
      answers = [serve({ breakAfter: 100_000, content: Buffer.alloc(400_000) }), later];
      const { path } = await fetchIt();
      expect(await readFile(path)).toEqual(CONTENT);
    }
  });

  it('knows a part that is whole already', async () => {
    await fetchIt();
    const path = join(cache, 'weights', FILE.name);
    await rm(`${path}.json`);
    await writeFile(`${path}.part`, CONTENT);
    await writeFile(`${path}.part.version`, '"1"');
    await rm(path);
    expect((await fetchIt()).record?.sha256).toBe(SHA256);
  });

  it('wants the MD5 that Keras publishes', async () => {
    const resnet = imagenetFileFor({ backbone: 'resnet50' });
    await expect(fetchIt(resnet)).rejects.toMatchObject({
      code: 'WEIGHTS_INVALID',
      message: expect.stringContaining(`Keras publishes ${resnet.md5}`) as string,
    });
    expect(await inCache()).toEqual([]);
    const md5 = createHash('md5').update(CONTENT).digest('hex');
    expect((await fetchIt({ ...resnet, md5 })).record?.checkedBy).toBe('published-md5');
  });

  it('wants the SHA-256 of the first download where Keras publishes none', async () => {
    const { path } = await fetchIt();
    await rm(path);
    const other = Buffer.from(CONTENT);
    other[1000] = 0;
    answers = [serve({ content: other })];
    await expect(fetchIt()).rejects.toMatchObject({
      code: 'WEIGHTS_INVALID',
      message: expect.stringContaining(`the first download had ${SHA256}`) as string,
    });
  });

  it('trusts no page that is no HDF5', async () => {
    answers = [serve({ content: Buffer.from('<html>Please log in</html>') })];
    await expect(fetchIt()).rejects.toMatchObject({ code: 'WEIGHTS_INVALID' });
    expect(await inCache()).toEqual([]);
  });

  it.each([
    ['404', status(404), 'the server answers 404'],
    ['a redirect to a file', redirect('file:///etc/passwd'), 'it redirects to file:///etc/passwd'],
    ['a redirect to no address', redirect('http://'), 'it redirects to http://'],
    ['redirects without end', redirect('/again'), 'it redirects more than 5 times'],
    ['too many bytes', huge, 'the server sends more than 200000000 bytes'],
  ])('refuses %s', async (_, answer, reason) => {
    answers = [answer];
    await expect(fetchIt()).rejects.toMatchObject({
      code: 'WEIGHTS_UNAVAILABLE',
      message: expect.stringContaining(reason) as string,
    });
  });

  it('follows a redirect to another address', async () => {
    answers = [redirect('/elsewhere'), serve()];
    expect((await fetchIt()).record?.sha256).toBe(SHA256);
  });

  it('says what to do without a network', async () => {
    server.closeAllConnections();
    server.close();
    await expect(fetchIt()).rejects.toMatchObject({
      code: 'WEIGHTS_UNAVAILABLE',
      message: expect.stringContaining('ECONNREFUSED') as string,
      hint: expect.stringContaining('--weights FILE') as string,
    });
    await expect(
      fetchWeights(FILE, { env: env(), baseUrl: 'ftp://example.org' }),
    ).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });
});

const plain: Answer = (_, response) => {
  response.writeHead(200, { 'content-length': CONTENT.length }).end(CONTENT);
};
function huge(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-length': 300e6 });
  response.write('x');
}

describe('the cache', () => {
  it('is verified by reading it again', async () => {
    const cached = await fetchIt();
    expect(await verifyWeights(FILE, cached)).toMatchObject({
      sha256: SHA256,
      checkedBy: 'first-download',
    });
    const changed = Buffer.from(CONTENT);
    changed[5000] = 1;
    await writeFile(cached.path, changed);
    const { fault } = await verifyWeights(FILE, cached);
    expect(fault).toContain(`the first download had ${SHA256}`);
    await truncate(cached.path, 10);
    expect(await findCached(FILE, env())).toBeUndefined();
  });

  it('is where --weights imagenet looks', async () => {
    const options = { weights: 'imagenet', backbone: 'mobilenet', widthMultiplier: 0.5, size: 96 };
    await expect(startingWeightsFile(options, env())).rejects.toMatchObject({
      code: 'WEIGHTS_UNAVAILABLE',
      hint: 'Run `isometry weights fetch mobilenet --width-multiplier 0.5 --size 224`, or start from --weights random.',
    });
    const { path } = await fetchIt();
    expect(await startingWeightsFile({ weights: 'imagenet' }, env())).toBe(path);
    expect(await startingWeightsFile({ weights: 'a.h5' }, env())).toBe('a.h5');
    expect(await startingWeightsFile({}, env())).toBeUndefined();
    await expect(
      startingWeightsFile({ ...options, backbone: 'resnet50' }, env()),
    ).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });
});
