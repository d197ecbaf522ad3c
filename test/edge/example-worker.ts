import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorker } from './bundle-worker.ts';
import { startWorker, type StartedWorker } from './start-worker.ts';

const FOLDER = new URL('../../examples/edge-worker/', import.meta.url);

interface WranglerConfig {
  readonly main: string;
  readonly compatibility_date: string;
  readonly compatibility_flags: string[];
}

/** Runs examples/edge-worker as its wrangler.jsonc says, in the real workerd, with this model. */
export async function startExampleWorker(model: Uint8Array): Promise<StartedWorker> {
  // JSON with comments is a JavaScript expression.
  const text = await readFile(new URL('wrangler.jsonc', FOLDER), 'utf8');
  const { default: config } = (await import(
    `data:text/javascript,export default ${encodeURIComponent(text)}`
  )) as { readonly default: WranglerConfig };
  const modules = await bundleWorker(fileURLToPath(new URL(config.main, FOLDER)), model);
  return startWorker(modules, {
    compatibilityDate: config.compatibility_date,
    compatibilityFlags: config.compatibility_flags,
  });
}
