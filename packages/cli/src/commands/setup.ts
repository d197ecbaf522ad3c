import { Command } from 'commander';
import pc from 'picocolors';
import { EXIT_CODES } from '../exit-codes.ts';
import type { SetupOptions, SetupResult } from '../setup/setup-options.ts';
import type { CommandContext } from '../terminal.ts';

/** `isometry setup train|browser|judges` */
export function setupCommand(context: CommandContext): Command {
  const setup = new Command('setup')
    .description('Bring what npm does not: run again at any time, it repairs what is broken.')
    .addHelpText(
      'after',
      `
Downloads are kept in $ISOMETRY_CACHE (default: $XDG_CACHE_HOME/isometry or ~/.cache/isometry), for
every project of this user. Classifying images needs none of this.

Examples:
  $ isometry setup train
  $ isometry setup train --gpu
  $ ISOMETRY_CACHE=/big/disk isometry setup judges`,
    );
  setup
    .command('train')
    .description(
      'make @tensorflow/tfjs-node train (Linux x64: TensorFlow 2.15.1, a 207 MB download)',
    )
    .option('--gpu', 'for @tensorflow/tfjs-node-gpu, with CUDA and cuDNN (2.4 GB)', false)
    .addHelpText(
      'after',
      `
On Linux x64 the libraries come from TensorFlow's wheel in the Python package index, and the addon is
compiled against them: this takes Python 3 with pip, a C++ compiler and 0.9 GB. Elsewhere tfjs-node's
own script downloads libtensorflow. Either way one training step is run to prove it.

Example:
  $ npm install --ignore-scripts @isometry/train && isometry setup train`,
    )
    .action(async ({ gpu }: { readonly gpu: boolean }) => {
      const { setupTrain } = await import('../setup/setup-train.ts');
      await runPart(context, 'train', (options) => setupTrain({ ...options, gpu }));
    });
  setup
    .command('browser')
    .description('find a Chromium, or install Debian’s when this is root')
    .addHelpText(
      'after',
      `
Tests run the models in it. $CHROME_PATH goes before the system's browser and Playwright's.

Example:
  $ isometry setup browser`,
    )
    .action(async () => {
      const { setupBrowser } = await import('../setup/setup-browser.ts');
      await runPart(context, 'browser', setupBrowser, { needed: true });
    });
  setup
    .command('judges')
    .description(
      'make the Python environment of the outside judges and of tf2onnx (Linux x64: 324 MB download)',
    )
    .addHelpText(
      'after',
      `
numpy, Pillow, onnx, onnxruntime, scikit-learn and SciPy at pinned versions, in the cache folder; on Linux
x64 with Python 3.9 to 3.11 also TensorFlow, Keras, h5py and TensorFlow Addons, and from 3.10 on tf2onnx for
\`isometry export --converter tf2onnx\` (1.2 GB in all; 337 MB without). Takes Python 3.9 to 3.12 with pip;
without one it says so and is skipped.

Example:
  $ isometry setup judges`,
    )
    .action(async () => {
      const { setupJudges } = await import('../setup/setup-judges.ts');
      await runPart(context, 'judges', setupJudges);
    });
  return setup;
}

async function runPart(
  context: CommandContext,
  name: string,
  part: (options: SetupOptions) => Promise<SetupResult>,
  { needed = false } = {},
): Promise<void> {
  const { terminal } = context;
  const { green, yellow } = pc.createColors(terminal.colors);
  const result = await part({
    cwd: terminal.cwd,
    env: terminal.env,
    signal: terminal.signal,
    onStep: (line) => terminal.err(`${name}: ${line}\n`),
  });
  const status = result.status === 'ready' ? green('ready') : yellow('skipped');
  terminal.out(`${name} ${status}: ${result.detail}\n`);
  if (result.hint !== undefined) terminal.err(`hint: ${result.hint}\n`);
  if (needed && result.status === 'skipped') context.exitCode = EXIT_CODES.missing;
}
