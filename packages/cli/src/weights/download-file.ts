import { open, readFile, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { IsometryError, isIsometryError, throwIfAborted } from '@isometry/core';
import { toWriteError } from '../setup/write-error.ts';

/** A connection that brings nothing for so long is given up. */
const STALL_MS = 60_000;
/** Attempts in a row that bring nothing; one that brought something starts the count anew. */
const MAX_ATTEMPTS = 3;
const RETRY_MS = 500;
const MAX_REDIRECTS = 5;

export interface DownloadOptions {
  /** Bytes, at most: a server that sends more is cut off. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
  /** Bytes so far, those of earlier attempts included; the total when the server says it. */
  readonly onProgress?: ((done: number, total: number | undefined) => void) | undefined;
}

/**
 * Downloads `url` to the file `part`, and goes on where an earlier, killed download of the same file stopped: by
 * Range with If-Range, so that bytes of two versions are never joined. Redirects are followed to http(s) addresses
 * only, and never from https to http.
 * @throws `WEIGHTS_UNAVAILABLE`, `FILE_WRITE_FAILED`, `ABORTED`; what was downloaded stays for the next time
 */
export async function downloadFile(
  url: string,
  part: string,
  options: DownloadOptions,
): Promise<void> {
  let failures = 0;
  for (;;) {
    const before = await sizeOf(part);
    try {
      await attempt(url, part, options);
      await rm(validatorPath(part), { force: true });
      return;
    } catch (error) {
      throwIfAborted(options.signal);
      if (isIsometryError(error)) throw error;
      failures = (await sizeOf(part)) > before ? 1 : failures + 1;
      if (failures >= MAX_ATTEMPTS) throw unavailable(url, reasonOf(error), error);
      await sleep(RETRY_MS, undefined, { signal: options.signal }).catch(() => {});
    }
  }
}

async function attempt(url: string, part: string, options: DownloadOptions): Promise<void> {
  const stall = new AbortController();
  const timer = setTimeout(() => stall.abort(new TypeError('nothing came for a minute')), STALL_MS);
  const signals = options.signal === undefined ? [] : [options.signal];
  const signal = AbortSignal.any([stall.signal, ...signals]);
  try {
    const validator = await readFile(validatorPath(part), 'utf8').catch(() => '');
    const start = validator === '' ? 0 : await sizeOf(part);
    const headers: Record<string, string> =
      start > 0 ? { Range: `bytes=${start}-`, 'If-Range': validator } : {};
    const response = await follow(url, { headers, signal });
    if (response.status === 416) {
      await response.body?.cancel();
      // Nothing is left to send, or what is here is no part of it: the caller's hash decides.
      if (response.headers.get('content-range') === `bytes */${start}`) return;
      await rm(part, { force: true });
      throw new TypeError('the server has another file now');
    }
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw unavailable(url, `the server answers ${response.status}`);
    }
    const offset = startOf(response, start);
    const total = totalOf(response, offset);
    if (total !== undefined && total > options.maxBytes) throw tooLarge(url, options.maxBytes);
    await writeFile(validatorPath(part), validatorOf(response)).catch((error: unknown) => {
      throw toWriteError(part, error);
    });
    const received = await store(url, response.body, part, {
      ...options,
      offset,
      total,
      onChunk: () => timer.refresh(),
    });
    if (total !== undefined && received < total) throw new TypeError('the connection broke off');
  } finally {
    clearTimeout(timer);
  }
}

/** Fetches, with our own rules for redirects. */
async function follow(url: string, init: RequestInit): Promise<Response> {
  let at = new URL(url);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await fetch(at, { ...init, redirect: 'manual' });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) return response;
    await response.body?.cancel();
    const next = URL.canParse(location, at) ? new URL(location, at) : undefined;
    const isSafe =
      next?.protocol === 'https:' || (next?.protocol === 'http:' && at.protocol === 'http:');
    if (next === undefined || !isSafe) throw unavailable(url, `it redirects to ${location}`);
    at = next;
  }
  throw unavailable(url, `it redirects more than ${MAX_REDIRECTS} times`);
}

interface StoreOptions extends DownloadOptions {
  readonly offset: number;
  readonly total: number | undefined;
  readonly onChunk: () => void;
}

/** @returns the length of the file */
async function store(
  url: string,
  body: ReadableStream<Uint8Array>,
  part: string,
  { offset, total, maxBytes, onProgress, onChunk }: StoreOptions,
): Promise<number> {
  const file = await openAt(part, offset);
  let position = offset;
  try {
    for await (const chunk of body) {
      onChunk();
      if (position + chunk.length > maxBytes) throw tooLarge(url, maxBytes);
      await file.write(chunk, 0, chunk.length, position).catch((error: unknown) => {
        throw toWriteError(part, error);
      });
      position += chunk.length;
      onProgress?.(position, total);
    }
    return position;
  } finally {
    await file.close();
  }
}

async function openAt(part: string, offset: number): Promise<FileHandle> {
  try {
    const file = await open(part, offset === 0 ? 'w' : 'r+');
    await file.truncate(offset);
    return file;
  } catch (error) {
    throw toWriteError(part, error);
  }
}

/** Where the body starts: 0 when the server sends all of it again. */
function startOf(response: Response, asked: number): number {
  if (response.status !== 206) return 0;
  const [, start] = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '') ?? [];
  if (Number(start) !== asked) throw new TypeError('the server sends another range');
  return asked;
}

function totalOf(response: Response, offset: number): number | undefined {
  // With a content encoding the length is not that of the bytes that arrive here.
  if (response.headers.has('content-encoding')) return undefined;
  const length = response.headers.get('content-length');
  return length === null ? undefined : offset + Number(length);
}

/** What tells two versions of a file apart; empty when the server says nothing, then nothing is resumed. */
function validatorOf(response: Response): string {
  const tag = response.headers.get('etag') ?? '';
  // If-Range takes no weak tags.
  if (tag !== '' && !tag.startsWith('W/')) return tag;
  return response.headers.get('last-modified') ?? '';
}

function validatorPath(part: string): string {
  return `${part}.version`;
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

function tooLarge(url: string, maxBytes: number): IsometryError {
  return unavailable(url, `the server sends more than ${maxBytes} bytes`);
}

function unavailable(url: string, reason: string, cause?: unknown): IsometryError {
  return new IsometryError('WEIGHTS_UNAVAILABLE', `${url} cannot be downloaded: ${reason}.`, {
    hint: 'Check the network, or name a mirror with --base-url; or download it elsewhere and give the file to `isometry train --weights FILE`.',
    cause,
    details: { url },
  });
}

/** fetch says `fetch failed`, and why in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}
