import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadTfjs } from './tfjs.ts';

describe('loadTfjs', () => {
  it('gives the native backend, once', async () => {
    const tf = await loadTfjs();
    expect(tf.getBackend()).toBe('tensorflow');
    expect(await loadTfjs()).toBe(tf);
  });

  it('says what to run when TensorFlow does not load', async () => {
    const script = `
      import { createRequire } from 'node:module';
      const Module = createRequire(import.meta.url)('node:module');
      const load = Module._load;
      Module._load = (request, ...rest) => {
        if (request.endsWith('.node')) throw new Error('cannot open shared object file');
        return load(request, ...rest);
      };
      const { loadTfjs } = await import(${JSON.stringify(new URL('./tfjs.ts', import.meta.url).href)});
      await loadTfjs().catch((error) => process.stdout.write(JSON.stringify(error)));
    `;
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--conditions=@isometry/source', '--input-type=module', '-e', script],
      { cwd: fileURLToPath(new URL('..', import.meta.url)) },
    );
    expect(JSON.parse(stdout)).toMatchObject({
      code: 'TRAINER_UNAVAILABLE',
      hint: 'Run `npx isometry setup train`.',
    });
    expect(stderr).toBe('');
  });
});
