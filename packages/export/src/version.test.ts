import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { VERSION } from './version.ts';

it('is the version of package.json', async () => {
  const path = join(import.meta.dirname, '..', 'package.json');
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ version: VERSION });
});
