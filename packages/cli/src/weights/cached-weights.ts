import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { IsometryError } from '@isometry/core';
import { cacheFolder } from '../setup/cache-folder.ts';
import { imagenetFileFor, type ImagenetFile, type ImagenetRequest } from './imagenet-files.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What is written beside a file when it was downloaded. */
export interface WeightsRecord {
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Whether Keras' published MD5 was compared, or nothing is known but this first download. */
  readonly checkedBy: 'published-md5' | 'first-download';
}

/** A file in the cache. */
export interface CachedWeights {
  readonly path: string;
  /** Undefined when there is none beside it: it was put there by hand. */
  readonly record: WeightsRecord | undefined;
  readonly bytes: number;
}

/** Where a file is, once it was fetched. */
export function cachedPath(file: ImagenetFile, env: Environment): string {
  return join(cacheFolder(env), 'weights', file.name);
}

export function recordPath(path: string): string {
  return `${path}.json`;
}

/**
 * The file in the cache, if it is there; with `whole`, only when it is as long as its record says.
 * @param whole @defaultValue true
 */
export async function findCached(
  file: ImagenetFile,
  env: Environment,
  { whole = true }: { readonly whole?: boolean } = {},
): Promise<CachedWeights | undefined> {
  const path = cachedPath(file, env);
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) return undefined;
  const record = await readRecord(path);
  return whole && record !== undefined && record.bytes !== stats.size
    ? undefined
    : { path, record, bytes: stats.size };
}

/** The record of a file, which stays where the file itself was deleted. */
export async function readRecord(path: string): Promise<WeightsRecord | undefined> {
  try {
    const json = JSON.parse(await readFile(recordPath(path), 'utf8')) as WeightsRecord;
    return typeof json.sha256 === 'string' && typeof json.bytes === 'number' ? json : undefined;
  } catch {
    return undefined;
  }
}

/** The SHA-256 and MD5 of a file, in hexadecimal. */
export async function hashesOf(
  path: string,
  signal?: AbortSignal,
): Promise<{ readonly sha256: string; readonly md5: string }> {
  const sha256 = createHash('sha256');
  const md5 = createHash('md5');
  await pipeline(
    createReadStream(path),
    async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        sha256.update(chunk);
        md5.update(chunk);
      }
    },
    { signal },
  );
  return { sha256: sha256.digest('hex'), md5: md5.digest('hex') };
}

/**
 * The path of the ImageNet weights for a network, if they are in the cache.
 * @throws `OPTION_INVALID` when there are none for such a network
 */
export async function cachedImagenetFile(
  request: ImagenetRequest,
  env: Environment,
): Promise<string | undefined> {
  return (await findCached(imagenetFileFor(request), env))?.path;
}

/**
 * What `--weights` means to the trainer: `imagenet` is the file in the cache, anything else stays.
 * @throws `WEIGHTS_UNAVAILABLE` when it was not fetched yet, `OPTION_INVALID`
 */
export async function startingWeightsFile(
  options: { readonly [Key in keyof ImagenetRequest]?: ImagenetRequest[Key] | undefined } & {
    readonly weights?: string | undefined;
  },
  env: Environment,
): Promise<string | undefined> {
  if (options.weights !== 'imagenet') return options.weights;
  const { backbone = 'mobilenet', widthMultiplier, size } = options;
  const request = { backbone, widthMultiplier, size };
  const path = await cachedImagenetFile(request, env);
  if (path !== undefined) return path;
  const file = imagenetFileFor(request);
  const width = file.widthMultiplier === 1 ? '' : ` --width-multiplier ${file.widthMultiplier}`;
  const sized = file.backbone === 'mobilenet' ? ` --size ${file.size}` : '';
  throw new IsometryError(
    'WEIGHTS_UNAVAILABLE',
    `The ImageNet weights of ${file.backbone} (${file.name}) are not in the cache.`,
    {
      hint: `Run \`isometry weights fetch ${file.backbone}${width}${sized}\`, or start from --weights random.`,
      details: { file: cachedPath(file, env) },
    },
  );
}
