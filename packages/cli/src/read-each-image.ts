import { isIsometryError, type Classifier, type Provider, type Warning } from '@isometry/core';
import type { ImageSource } from '@isometry/runtime-node';
import pc from 'picocolors';
import { exitCodeOf, formatError } from './error-text.ts';
import { createProgressPrinter } from './progress-printer.ts';
import type { CommandContext } from './terminal.ts';

export interface EachImageJob<Result> {
  readonly model: string;
  readonly images: readonly string[];
  readonly providers: readonly Provider[];
  readonly json: boolean;
  readonly read: (
    classifier: Classifier<ImageSource>,
    image: string,
    signal: AbortSignal,
  ) => Promise<Result>;
  /** Besides `image`, what a line of `--json` holds. */
  readonly toJson: (result: Result) => Readonly<Record<string, unknown>>;
  /** What people read, without the line's end. */
  readonly toText: (result: Result, image: string) => string;
  readonly warningsOf: (result: Result) => readonly Warning[];
}

/**
 * Loads a model and prints a result per image, as it comes. An image that fails is reported and the
 * others go on; the exit code is that of the first failure.
 */
export async function readEachImage<Result>(
  context: CommandContext,
  job: EachImageJob<Result>,
): Promise<void> {
  const { terminal } = context;
  const { signal } = terminal;
  // On use: `--help` answers at once.
  const { loadClassifier } = await import('@isometry/runtime-node');
  const classifier = await loadClassifier(job.model, { providers: job.providers, signal });
  const progress = createProgressPrinter(terminal);
  let failed = 0;
  try {
    for (const [index, image] of job.images.entries()) {
      try {
        const result = await job.read(classifier, image, signal);
        progress.finish();
        for (const warning of job.warningsOf(result)) {
          terminal.err(formatWarning(warning, image, terminal.colors));
        }
        terminal.out(
          job.json
            ? `${JSON.stringify({ image, ...job.toJson(result) })}\n`
            : `${job.toText(result, image)}\n`,
        );
      } catch (error) {
        progress.finish();
        // The images fail by themselves; an abort, a model that cannot run or a bug ends the command.
        if (!isOfTheImage(error)) throw error;
        failed += 1;
        if (context.exitCode === 0) context.exitCode = exitCodeOf(error);
        terminal.err(formatError(error, terminal, image));
        if (job.json) terminal.out(`${JSON.stringify({ image, error })}\n`);
      }
      // Results on a terminal show how far it is; a bar helps when they go to a file.
      if (terminal.redraws && job.images.length > 1 && !process.stdout.isTTY) {
        progress.report({ stage: 'images', done: index + 1, total: job.images.length });
      }
    }
  } finally {
    progress.finish();
    await classifier.close();
  }
  if (failed > 0 && job.images.length > 1) {
    terminal.err(`${failed} of ${job.images.length} images failed\n`);
  }
}

function isOfTheImage(error: unknown): boolean {
  return (
    isIsometryError(error) && (error.code.startsWith('IMAGE_') || error.code.startsWith('FILE_'))
  );
}

function formatWarning(warning: Warning, image: string, colors: boolean): string {
  const { yellow } = pc.createColors(colors);
  return `${yellow(`warning ${warning.code}`)}: ${image}: ${warning.message}\n`;
}
