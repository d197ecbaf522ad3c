import { describe, expect, it } from 'vitest';
import { importOptional } from './optional-package.ts';

function notFound(name: string): Error {
  const message = `Cannot find package '${name}' imported from /x.js`;
  return Object.assign(new Error(message), { code: 'ERR_MODULE_NOT_FOUND' });
}

describe('importOptional', () => {
  it('says how to install a package that is absent', async () => {
    const load = (): Promise<never> => Promise.reject(notFound('@isometry/train'));
    await expect(importOptional('@isometry/train', load, 'npm install it')).rejects.toMatchObject({
      code: 'PACKAGE_MISSING',
      hint: 'Run `npm install it`.',
    });
  });

  it('does not call a package absent that lacks one of its own', async () => {
    const broken = notFound('csv-parse');
    await expect(
      importOptional('@isometry/train', () => Promise.reject(broken), 'npm install it'),
    ).rejects.toBe(broken);
  });
});
