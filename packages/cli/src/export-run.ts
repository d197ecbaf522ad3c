import type { Progress } from '@isometry/core';
import type { ExportResult } from '@isometry/export';
import { importOptional } from './optional-package.ts';

export interface ExportOptions {
  /** As `exportRun` has it. */
  readonly out: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** Exports a run, with the decoder and the CPU session that it is proven with. @throws `PACKAGE_MISSING`, what `exportRun` throws */
export async function exportRunHere(run: string, options: ExportOptions): Promise<ExportResult> {
  const { exportRun } = await importExporter();
  const [{ createImageDecoder }, { createSession }] = await Promise.all([
    import('@isometry/pixels'),
    import('@isometry/runtime-node'),
  ]);
  const { signal } = options;
  return exportRun(run, {
    ...options,
    decode: createImageDecoder(),
    createSession: (model) => createSession(model, { providers: ['cpu'], signal }),
  });
}

/** @throws `PACKAGE_MISSING` */
export function importExporter(): Promise<typeof import('@isometry/export')> {
  return importOptional(
    '@isometry/export',
    () => import('@isometry/export'),
    'npm install --ignore-scripts @isometry/export',
  );
}
