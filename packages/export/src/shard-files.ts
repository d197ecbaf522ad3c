import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { tfjsModelInvalid } from './tfjs-model-invalid.ts';

/** A weight file that is there and may be read. */
export interface ShardFile {
  /** As model.json names it. */
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * Finds weight files and their sizes without reading them. A model.json from elsewhere must not make the exporter read
 * files from elsewhere, nor the same file many times over.
 * @throws `RUN_INVALID` naming the file
 */
export async function findShards(
  folder: string,
  names: readonly string[],
): Promise<readonly ShardFile[]> {
  const root = await realpath(folder);
  const seen = new Set<string>();
  const found: ShardFile[] = [];
  for (const name of names) {
    // One after the other: a list of a million names opens no million files.
    // oxlint-disable-next-line no-await-in-loop
    const shard = await findShard(root, name);
    if (seen.has(shard.path)) {
      throw tfjsModelInvalid('model.json', `it names the weight file "${name}" twice`);
    }
    seen.add(shard.path);
    found.push(shard);
  }
  return found;
}

async function findShard(root: string, name: string): Promise<ShardFile> {
  if (!isPlainPath(name) || !isPlainPath(decode(name))) throw outside(name);
  let path: string;
  try {
    path = await realpath(join(root, name));
  } catch (cause) {
    throw tfjsModelInvalid(name, 'the weight file cannot be read', cause);
  }
  if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) throw outside(name);
  const info = await stat(path);
  if (!info.isFile()) throw tfjsModelInvalid(name, 'the weight file is no file');
  return { name, path, sizeBytes: info.size };
}

/** Relative, downwards, and the same on every system. */
function isPlainPath(name: string): boolean {
  return name !== '' && !/^\/|^[A-Za-z]:|[\\\0]/.test(name) && !name.split('/').includes('..');
}

/** What the name would be to a program that takes it for an address. */
function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function outside(name: string): Error {
  return tfjsModelInvalid(
    'model.json',
    `the weight file "${name.slice(0, 200)}" lies outside its folder`,
  );
}
