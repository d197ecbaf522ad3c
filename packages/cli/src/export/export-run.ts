import type { ExportOptions, ExportResult } from '@isometry/export';
import { importOptional } from '../optional-package.ts';

/** What the cli adds to an export's options: decoder, sessions and the reference for the proof. */
type Ports = 'createSession' | 'createSessionFromFile' | 'decode' | 'loadTfjs';

/** Exports a run, with the decoder, the CPU sessions and the TensorFlow.js that it is proven with. @throws `PACKAGE_MISSING`, what `exportRun` throws */
export async function exportRunHere(
  run: string,
  options: Omit<ExportOptions, Ports>,
): Promise<ExportResult> {
  const { exportRun } = await importExporter();
  return exportRun(run, { ...options, ...(await exportPorts(options.signal)) });
}

/** The ports of the exporter on this machine. */
export async function exportPorts(
  signal: AbortSignal | undefined,
): Promise<Required<Pick<ExportOptions, Ports>>> {
  const [{ createImageDecoder }, { createSession }, { loadReference }] = await Promise.all([
    import('@isometry/pixels'),
    import('@isometry/runtime-node'),
    import('./load-reference.ts'),
  ]);
  const open = (model: Uint8Array | string) => createSession(model, { providers: ['cpu'], signal });
  return {
    decode: createImageDecoder(),
    createSession: open,
    createSessionFromFile: open,
    loadTfjs: loadReference,
  };
}

/** @throws `PACKAGE_MISSING` */
export function importExporter(): Promise<typeof import('@isometry/export')> {
  return importOptional(
    '@isometry/export',
    () => import('@isometry/export'),
    'npm install --ignore-scripts @isometry/export',
  );
}
