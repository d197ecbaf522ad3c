import { Miniflare, type ModuleDefinition } from 'miniflare';

export interface WorkerSettings {
  readonly compatibilityDate: string;
  readonly compatibilityFlags?: string[];
}

export interface StartedWorker {
  readonly worker: Miniflare;
  /** What the Worker or workerd itself printed. */
  readonly printed: readonly string[];
}

/** Starts a bundled Worker in workerd, listening on a free port of this machine. */
export async function startWorker(
  modules: ModuleDefinition[],
  settings: WorkerSettings,
): Promise<StartedWorker> {
  const printed: string[] = [];
  const worker = new Miniflare({
    modules,
    modulesRoot: '/',
    // Miniflare would ask Cloudflare for a sample of its `request.cf` otherwise.
    cf: false,
    handleStructuredLogs: ({ level, message }) => void printed.push(`${level}: ${message}`),
    ...settings,
  });
  await worker.ready;
  return { worker, printed };
}
