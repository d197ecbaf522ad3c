import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fixture, isometry, startIsometry } from './isometry-process.ts';

const MODEL = fixture('model-v1.onnx');
const JPEG = fixture('images/jpeg-420.jpg');

/** Prints, as the process ends, which files of tfjs it had loaded: all of them are CommonJS. */
const WATCH_TFJS = `data:text/javascript,${encodeURIComponent(`
  import { createRequire } from 'node:module';
  const { cache } = createRequire('file:///watch.js');
  process.on('exit', () => {
    const count = Object.keys(cache).filter((path) => path.includes('@tensorflow')).length;
    process.stderr.write('tfjs files: ' + count + '\\n');
  });
`)}`;

describe('isometry as a process', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isometry-process-'));
    for (const label of ['a', 'b']) {
      await mkdir(join(folder, 'photos', label), { recursive: true });
      const copies = Array.from({ length: 12 }, (_, index) =>
        cp(JPEG, join(folder, 'photos', label, `${index}.jpg`)),
      );
      await Promise.all(copies);
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('classifies without tfjs', async () => {
    const nodeArgs = [`--import=${WATCH_TFJS}`];
    const classified = await isometry(['classify', MODEL, JPEG], { nodeArgs });
    expect(classified).toMatchObject({ code: 0, stderr: 'tfjs files: 0\n' });
    // The watch itself sees tfjs where it is needed.
    const trained = await isometry(['train', join(folder, 'absent'), '--out', 'x'], { nodeArgs });
    expect(trained.stderr).toMatch(/^tfjs files: [1-9]/m);
  });

  it('stops training on Ctrl-C, leaves a run that can be resumed, and says how', async () => {
    const { child, stderr, ended } = startIsometry([
      'train',
      join(folder, 'photos'),
      '--out',
      join(folder, 'run'),
      '--size=32',
      '--width-multiplier=0.25',
      '--epochs=100000',
      '--patience=100000',
    ]);
    await vi.waitFor(() => expect(stderr()).toContain('train-embedding: '), { timeout: 25_000 });
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr()).toContain('error ABORTED: ');
    expect(stderr()).toContain('--resume');
    const { length } = await readdir(join(folder, 'run', 'checkpoints'));
    expect(length).toBe(1);
    await rm(join(folder, 'run'), { recursive: true });
  });

  it('serves, and finishes the request in flight on SIGTERM', async () => {
    const { child, stderr, ended } = startIsometry(['serve', MODEL, '--port', '0']);
    const url = await listening(stderr);
    const image = readFileSync(JPEG);
    const answer = new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const upload = request(`${url}/v1/classify`, {
        method: 'POST',
        headers: { 'content-type': 'image/jpeg', 'content-length': image.length },
      });
      upload.on('error', reject);
      upload.on('response', (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => void (body += chunk));
        response.on('end', () => resolve({ status: response.statusCode, body }));
      });
      upload.write(image.subarray(0, 100), () => {
        child.kill('SIGTERM');
        // The rest comes when the server is already draining.
        const rest = setInterval(() => {
          if (!stderr().includes('finishing the requests')) return;
          clearInterval(rest);
          upload.end(image.subarray(100));
        }, 20);
      });
    });
    const { status, body } = await answer;
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ provider: 'cpu' });
    expect(await ended).toMatchObject({ code: 0, stdout: '' });
  });

  it('ends in order when nobody reads its stderr any more', async () => {
    const { child, stderr, ended } = startIsometry(['serve', MODEL, '--port', '0']);
    await listening(stderr);
    const closed = new Promise((resolve) => void child.stderr.once('close', resolve));
    child.stderr.destroy();
    await closed;
    // Says "finishing the requests in flight", to nobody.
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0, stdout: '' });
  });
});

/** Waits for `serve` to say its address. */
function listening(stderr: () => string): Promise<string> {
  return vi.waitFor(
    () => {
      const match = /listening on (http:\S+) \(cpu\)/.exec(stderr());
      expect(match).not.toBeNull();
      return match?.[1] ?? '';
    },
    { timeout: 20_000 },
  );
}
