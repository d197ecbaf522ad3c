import { runProgram } from './run-program.ts';
import type { SetupContext } from './setup-options.ts';

/** What one training step in a child process showed. */
export type TrainerCheck =
  | { readonly works: true; readonly tensorflow: string; readonly usesGpu: boolean }
  | { readonly works: false; readonly reason: string };

/**
 * Trains one step of a small dense layer. In a child process: an addon that was built against other
 * libraries can end the process, and one that was loaded cannot be loaded anew. Node 23 took away two
 * functions that tfjs-node 4.22 calls.
 */
const TRAIN_ONE_STEP = `
const util = require('node:util');
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
util.isArray ??= Array.isArray;
const tf = require(process.argv[1]);
const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
model.trainOnBatch(tf.tensor2d([[0, 1], [1, 0]]), tf.tensor2d([[1], [0]])).then((loss) => {
  if (!Number.isFinite(loss)) throw new Error('the loss of one step is ' + loss);
  const backend = tf.backend();
  const { TF_Version: tensorflow } = backend.binding;
  console.log(JSON.stringify({ tensorflow, usesGpu: backend.isUsingGpuDevice === true }));
});
`;

/** Whether the TensorFlow for Node in `packageFolder` trains. Takes 1 to 3 seconds. */
export async function verifyTrainer(
  packageFolder: string,
  { env, signal }: Pick<SetupContext, 'env' | 'signal'>,
): Promise<TrainerCheck> {
  const { code, stdout, stderr } = await runProgram(
    process.execPath,
    ['--no-deprecation', '-e', TRAIN_ONE_STEP, packageFolder],
    // Only TensorFlow's errors: its notices on stderr would hide the reason.
    { env: { ...env, TF_CPP_MIN_LOG_LEVEL: '2' }, signal },
  );
  return readTrainerCheck(code, stdout, stderr);
}

/** Reads what the child printed. */
export function readTrainerCheck(
  code: number | undefined,
  stdout: string,
  stderr: string,
): TrainerCheck {
  if (code === 0) {
    try {
      const last: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
      if (typeof last === 'object' && last !== null && 'tensorflow' in last && 'usesGpu' in last) {
        return { works: true, tensorflow: String(last.tensorflow), usesGpu: last.usesGpu === true };
      }
    } catch {
      // Not ours: told below.
    }
    return { works: false, reason: 'it printed something else than the result' };
  }
  // A processor without AVX ends the process by a signal and prints nothing.
  if (code === -1) return { works: false, reason: 'it crashed when it was loaded' };
  const error = stderr.split('\n').find((line) => /^\w*Error: /.test(line));
  return { works: false, reason: (error ?? lastLine(stderr)).replace(/^\w*Error: /, '').trim() };
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
