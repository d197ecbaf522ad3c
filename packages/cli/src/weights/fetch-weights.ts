import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { IsometryError } from '@isometry/core';
import { cacheFolder } from '../setup/cache-folder.ts';
import { withCacheLock } from '../setup/cache-lock.ts';
import { toWriteError } from '../setup/write-error.ts';
import {
  cachedPath,
  findCached,
  hashesOf,
  readRecord,
  recordPath,
  type CachedWeights,
  type WeightsRecord,
} from './cached-weights.ts';
import { downloadFile, type DownloadOptions } from './download-file.ts';
import { OFFICIAL_ADDRESS, type ImagenetFile } from './imagenet-files.ts';

/** Twice the largest file: ResNet50 has 94 MB of numbers. */
const MAX_BYTES = 200e6;

/** How every HDF5 file starts. */
const HDF5_SIGNATURE = '\u0089HDF\r\n\u001a\n';

export interface FetchWeightsOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Instead of Keras' own address. @defaultValue `$ISOMETRY_WEIGHTS_URL`, else {@link OFFICIAL_ADDRESS} */
  readonly baseUrl?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: DownloadOptions['onProgress'];
  /** Is called once when another process is downloading. */
  readonly onWait?: ((holder: string) => void) | undefined;
}

/**
 * Brings an official file into the cache, unless it is there. Compared with Keras' MD5 where one is published, else
 * with the SHA-256 of the first download, which is kept beside it.
 * @throws `WEIGHTS_UNAVAILABLE`, `WEIGHTS_INVALID` when the hash is wrong, `FILE_WRITE_FAILED`, `ABORTED`
 */
export async function fetchWeights(
  file: ImagenetFile,
  options: FetchWeightsOptions,
): Promise<CachedWeights> {
  const { env, signal, onWait } = options;
  const path = cachedPath(file, env);
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw toWriteError(dirname(path), error);
  });
  return withCacheLock(
    join(cacheFolder(env), 'locks', file.name),
    async () => (await findCached(file, env)) ?? download(file, path, options),
    { signal, onWait },
  );
}

async function download(
  file: ImagenetFile,
  path: string,
  { env, baseUrl, signal, onProgress }: FetchWeightsOptions,
): Promise<CachedWeights> {
  const url = addressOf(file, baseUrl ?? env['ISOMETRY_WEIGHTS_URL']);
  const part = `${path}.part`;
  await downloadFile(url, part, { maxBytes: MAX_BYTES, signal, onProgress });
  const { sha256, md5 } = await hashesOf(part, signal);
  const { size, isHdf5 } = await look(part);
  const before = await readRecord(path);
  const wrong = isHdf5
    ? (compare('MD5', md5, file.md5, 'Keras publishes') ??
      compare('SHA-256', sha256, before?.sha256, 'the first download had'))
    : 'it is not an HDF5 file (a page of a proxy, perhaps)';
  if (wrong !== undefined) {
    // Nothing of it can be used: the next attempt starts anew.
    await rm(part, { force: true });
    throw new IsometryError('WEIGHTS_INVALID', `${url} is not what it should be: ${wrong}.`, {
      hint: 'Run the same command again; if it stays so, do not use the file.',
      details: { url, md5, sha256 },
    });
  }
  const record: WeightsRecord = {
    url,
    bytes: size,
    sha256,
    checkedBy: file.md5 === undefined ? 'first-download' : 'published-md5',
  };
  try {
    await writeFile(recordPath(path), `${JSON.stringify(record, undefined, 2)}\n`);
    await rename(part, path);
  } catch (error) {
    throw toWriteError(path, error);
  }
  return { path, record, bytes: size };
}

/** Says what differs, if anything is known and does. */
export function compare(
  kind: string,
  got: string,
  expected: string | undefined,
  who: string,
): string | undefined {
  return expected === undefined || expected === got
    ? undefined
    : `its ${kind} is ${got}, and ${who} ${expected}`;
}

async function look(path: string): Promise<{ readonly size: number; readonly isHdf5: boolean }> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const { buffer } = await file.read({ buffer: Buffer.alloc(HDF5_SIGNATURE.length) });
    return { size, isHdf5: buffer.toString('latin1') === HDF5_SIGNATURE };
  } finally {
    await file.close();
  }
}

function addressOf(file: ImagenetFile, given: string | undefined): string {
  const base = given === undefined || given === '' ? OFFICIAL_ADDRESS : given;
  if (!URL.canParse(base) || !/^https?:$/.test(new URL(base).protocol)) {
    throw new IsometryError('OPTION_INVALID', `${base} is no address of a server.`, {
      hint: 'Give an http or https address, below which mobilenet/, resnet/ and inception_v3/ lie.',
    });
  }
  return `${base.replace(/\/+$/, '')}/${file.path}`;
}
