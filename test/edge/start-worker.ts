import { Miniflare, type ModuleDefinition, type Response } from 'miniflare';

export interface WorkerSettings {
  readonly compatibilityDate: string;
  readonly compatibilityFlags?: string[];
  /** Functions of this process that the Worker calls by `fetch` on a binding. */
  readonly serviceBindings?: Record<string, () => Promise<Response>>;
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
    handleStructuredLogs: ({ level, message }: { level: string; message: string }) =>
      void printed.push(`${level}: ${message}`),
    ...settings,
  });
  await worker.ready;
  return { worker, printed };
}
