import { Command } from 'commander';
import { IsometryError } from '@isometry/core';
import { parseNumber } from '../option-parsers.ts';
import { createProgressPrinter } from '../progress-printer.ts';
import { formatBytes } from '../setup/free-space.ts';
import type { CommandContext } from '../terminal.ts';
import { findCached } from '../weights/cached-weights.ts';
import { fetchWeights } from '../weights/fetch-weights.ts';
import { IMAGENET_FILES, imagenetFileFor, type ImagenetFile } from '../weights/imagenet-files.ts';
import { verifyWeights } from '../weights/verify-weights.ts';

interface FetchOptions {
  readonly widthMultiplier: number;
  readonly size: number;
  readonly baseUrl?: string;
  readonly json: boolean;
}

/** `isometry weights list|fetch|verify` */
export function weightsCommand(context: CommandContext): Command {
  const weights = new Command('weights')
    .description('ImageNet weights to start from: Keras’ official files for the three backbones.')
    .addHelpText(
      'after',
      `
Files are kept in $ISOMETRY_CACHE/weights (default: $XDG_CACHE_HOME/isometry or ~/.cache/isometry).
\`isometry train --weights imagenet\` takes them from there.

Examples:
  $ isometry weights list
  $ isometry weights fetch mobilenet --size 128
  $ isometry weights verify`,
    );
  weights
    .command('list')
    .description('show which files there are, and which are in the cache')
    .option('--json', 'print one JSON object per file', false)
    .addHelpText('after', '\nExample:\n  $ isometry weights list')
    .action(({ json }: { readonly json: boolean }) => list(context, json));
  weights
    .command('fetch')
    .description('download the file for a backbone, or go on with a download that was stopped')
    .argument('<backbone>', 'mobilenet, resnet50 or inceptionv3')
    .option('--width-multiplier <alpha>', 'of MobileNet: 0.25, 0.5, 0.75 or 1', parseNumber, 1)
    .option(
      '--size <pixels>',
      'of the model’s input: MobileNet has files for 128, 160, 192 and 224, and 224 serves the rest',
      parseNumber,
      128,
    )
    .option('--base-url <url>', 'a mirror of Keras’ address (default: $ISOMETRY_WEIGHTS_URL)')
    .option('--json', 'print the result as one JSON object', false)
    .addHelpText(
      'after',
      `
Keras publishes an MD5 for ResNet50 and InceptionV3, and the file has to have it. For MobileNet it publishes none:
the SHA-256 of the first download is kept, and a later download has to be the same.

Examples:
  $ isometry weights fetch mobilenet
  $ isometry weights fetch mobilenet --width-multiplier 0.5 --size 224
  $ isometry weights fetch resnet50`,
    )
    .action((backbone: string, options: FetchOptions) => fetchOne(context, backbone, options));
  weights
    .command('verify')
    .description('read the files in the cache again and compare their hashes')
    .option('--json', 'print one JSON object per file', false)
    .addHelpText('after', '\nExample:\n  $ isometry weights verify')
    .action(({ json }: { readonly json: boolean }) => verify(context, json));
  return weights;
}

const inKilobytes = (bytes: number): number => Math.ceil(bytes / 1e3);

/** How sure a hash makes one of a file. */
const CHECKS = {
  'published-md5': 'Keras’ published MD5',
  'first-download': 'the SHA-256 of the first download (Keras publishes none)',
  nothing: 'nothing: it was put there by hand',
} as const;

async function list({ terminal }: CommandContext, json: boolean): Promise<void> {
  for (const file of IMAGENET_FILES) {
    const cached = await findCached(file, terminal.env);
    if (json) {
      terminal.out(`${JSON.stringify({ ...file, cached: cached ?? null })}\n`);
      continue;
    }
    const state = cached === undefined ? 'not fetched' : `cached, ${formatBytes(cached.bytes)}`;
    const hash = file.md5 === undefined ? 'no published hash' : 'published MD5';
    terminal.out(
      `${file.backbone.padEnd(11)}  width ${String(file.widthMultiplier).padEnd(4)}  ${file.size} px  ${hash.padEnd(17)}  ${state.padEnd(14)}  ${file.name}\n`,
    );
  }
}

async function fetchOne(
  { terminal }: CommandContext,
  backbone: string,
  { widthMultiplier, size, baseUrl, json }: FetchOptions,
): Promise<void> {
  const file = imagenetFileFor({ backbone, widthMultiplier, size });
  const progress = createProgressPrinter(terminal);
  try {
    const { path, record, bytes } = await fetchWeights(file, {
      env: terminal.env,
      baseUrl,
      signal: terminal.signal,
      onProgress: (done, total) =>
        progress.report({
          stage: 'download',
          done: inKilobytes(done),
          ...(total === undefined ? {} : { total: inKilobytes(total) }),
          message: `kB  ${file.name}`,
        }),
      onWait: (holder) => terminal.err(`waiting for ${holder}\n`),
    });
    progress.finish();
    if (json) {
      terminal.out(`${JSON.stringify({ path, bytes, ...record })}\n`);
      return;
    }
    const checkedBy = CHECKS[record?.checkedBy ?? 'nothing'];
    terminal.out(`${path}\n${formatBytes(bytes)}, checked by ${checkedBy}\n`);
    if (record !== undefined) terminal.out(`SHA-256 ${record.sha256}\n`);
  } finally {
    progress.finish();
  }
}

async function verify({ terminal }: CommandContext, json: boolean): Promise<void> {
  const faults: ImagenetFile[] = [];
  let count = 0;
  for (const file of IMAGENET_FILES) {
    const cached = await findCached(file, terminal.env, { whole: false });
    if (cached === undefined) continue;
    count += 1;
    const verdict = await verifyWeights(file, cached, terminal.signal);
    if (verdict.fault !== undefined) faults.push(file);
    const { fault, checkedBy, sha256 } = verdict;
    terminal.out(
      json
        ? `${JSON.stringify(verdict)}\n`
        : `${file.name}: ${fault === undefined ? `good by ${CHECKS[checkedBy]}` : `BAD: ${fault}`}\n  SHA-256 ${sha256}\n`,
    );
  }
  if (count === 0 && !json) terminal.out('nothing is in the cache\n');
  if (faults.length > 0) {
    throw new IsometryError(
      'WEIGHTS_INVALID',
      `${faults.map(({ name }) => name).join(', ')} changed since the download.`,
      { hint: 'Delete it from the cache, and fetch it again.' },
    );
  }
}
