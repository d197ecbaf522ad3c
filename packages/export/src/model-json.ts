import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { IsometryError } from '@isometry/core';
import { fileUnreadable } from './file-unreadable.ts';
import { tfjsModelInvalid } from './tfjs-model-invalid.ts';

/**
 * Largest model.json in bytes. Those of Keras' largest classifiers take under 2 MB; JSON of nothing but brackets
 * takes about 25 times its size in memory: 400 MB.
 */
const MAX_MODEL_JSON_BYTES = 16 * 2 ** 20;

/** A model inside a model is four brackets deep, and sixteen of them are read. */
const MAX_JSON_DEPTH = 128;

const HINT =
  'Name the model.json that tfjs or its converter wrote, or the folder that `isometry train --out` wrote; a run that was stopped is ended by its command with --resume.';

/**
 * Reads a model.json: bounded in size and depth, without the key that changes what an object is.
 * @throws `FILE_NOT_FOUND`, `FILE_READ_FAILED`, `RUN_INVALID`
 */
export async function readModelJson(path: string): Promise<unknown> {
  const name = basename(path);
  const text = await readBounded(path, name);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw tfjsModelInvalid(name, 'it is not valid JSON', cause);
  }
  checkTree(json, name);
  return json;
}

async function readBounded(path: string, name: string): Promise<string> {
  try {
    const info = await stat(path);
    if (!info.isFile()) throw tfjsModelInvalid(name, 'it is no file');
    if (info.size > MAX_MODEL_JSON_BYTES) {
      throw tfjsModelInvalid(
        name,
        `it has ${info.size} bytes, and at most ${MAX_MODEL_JSON_BYTES} are read`,
      );
    }
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof IsometryError) throw cause;
    throw fileUnreadable(path, HINT, cause);
  }
}

/** Breadth first, level by level: a file of brackets is deeper than recursion bears. */
function checkTree(root: unknown, name: string): void {
  let level: readonly unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_JSON_DEPTH) {
      throw tfjsModelInvalid(name, `it nests more than ${MAX_JSON_DEPTH} deep`);
    }
    const below: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      if (Object.hasOwn(value, '__proto__'))
        throw tfjsModelInvalid(name, 'it has a key "__proto__"');
      for (const child of Object.values(value)) {
        if (typeof child === 'object' && child !== null) below.push(child);
      }
    }
    level = below;
  }
}
