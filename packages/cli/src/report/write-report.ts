import { join } from 'node:path';
import { throwIfAborted, type Progress } from '@isometry/core';
import type { Figure, Page } from '@isometry/report';
import { makeFolder } from '../make-folder.ts';
import { writeWholeFile } from '../write-whole-file.ts';

export interface WriteReportOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Writes a page as `index.html`, and its figures into `figures/`, each as SVG and PNG, light and dark.
 * @returns the path of the page @throws `FILE_WRITE_FAILED`, `ABORTED`
 */
export async function writeReport(
  folder: string,
  page: Page,
  { signal, onProgress }: WriteReportOptions,
): Promise<string> {
  const { drawPng, drawSvg, renderPage } = await import('@isometry/report');
  const figures = page.sections.flatMap(({ blocks }) =>
    blocks.flatMap((block): Figure[] => (block.kind === 'figure' ? [block.figure] : [])),
  );
  await makeFolder(join(folder, 'figures'));
  for (const [done, figure] of figures.entries()) {
    throwIfAborted(signal);
    onProgress?.({ stage: 'draw', done, total: figures.length, message: figure.id });
    for (const theme of ['light', 'dark'] as const) {
      const path = join(folder, 'figures', `${figure.id}-${theme}`);
      // A drawing takes the only thread.
      /* oxlint-disable no-await-in-loop */
      await writeWholeFile(`${path}.svg`, await drawSvg(figure, theme));
      await writeWholeFile(`${path}.png`, await drawPng(figure, theme));
      /* oxlint-enable no-await-in-loop */
    }
  }
  onProgress?.({ stage: 'draw', done: figures.length, total: figures.length });
  const path = join(folder, 'index.html');
  await writeWholeFile(path, await renderPage(page));
  return path;
}
