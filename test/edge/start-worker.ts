import { Miniflare, type ModuleDefinition } from 'miniflare';

export interface WorkerSettings {
  readonly compatibilityDate: string;
  readonly compatibilityFlags?: string[];
}

/** Starts a bundled Worker in workerd, listening on a free port of this machine. */
export async function startWorker(
  modules: ModuleDefinition[],
  settings: WorkerSettings,
): Promise<Miniflare> {
  // `cf: false`: Miniflare would ask Cloudflare for a sample of its `request.cf` otherwise.
  const worker = new Miniflare({ modules, modulesRoot: '/', cf: false, ...settings });
  await worker.ready;
  return worker;
}
