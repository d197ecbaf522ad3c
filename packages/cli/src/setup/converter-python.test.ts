import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { converterPython } from './converter-python.ts';
import { judgesInterpreter } from './setup-judges.ts';

describe('converterPython', () => {
  let cache: string;
  beforeAll(async () => {
    cache = await mkdtemp(join(tmpdir(), 'isometry-converter-'));
  });
  afterAll(() => rm(cache, { recursive: true }));

  it('is what setup made, once it is there', async () => {
    const env = { ISOMETRY_CACHE: cache, ISOMETRY_JUDGES_PYTHON: '' };
    expect(converterPython(env)).toBeUndefined();
    const python = judgesInterpreter(cache);
    await mkdir(dirname(python), { recursive: true });
    await writeFile(python, '');
    expect(converterPython(env)).toBe(python);
  });

  it('is the one that is named, whether or not it is there: a wrong name is an error, not another Python', () => {
    const env = { ISOMETRY_CACHE: cache, ISOMETRY_JUDGES_PYTHON: 'python-of-mine' };
    expect(converterPython(env)).toBe('python-of-mine');
  });
});
