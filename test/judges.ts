import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { judgesInterpreter } from '@isometry/cli';
import { cacheFolder } from './cache-folder.ts';

/**
 * The Python of the outside judges (Pillow, onnx, onnxruntime, scikit-learn, Keras), made by `isometry setup judges`.
 * `$ISOMETRY_JUDGES_PYTHON` names another one.
 */
export function judgesPython(): string | undefined {
  const named = process.env['ISOMETRY_JUDGES_PYTHON'];
  if (named !== undefined) return named;
  const python = judgesInterpreter(cacheFolder());
  return existsSync(python) ? python : undefined;
}

/** The reason that a skipped judge test gives; listed in test/allowed-skips.json. */
export const NO_JUDGES = 'Python judges are not set up: run `npx isometry setup judges`';

/** The reason where the judges have no TensorFlow; listed in test/allowed-skips.json. */
const NO_TENSORFLOW_JUDGE =
  'Python judges have no TensorFlow here: it has wheels for Linux x64 and Python 3.9 to 3.11';

/** Why a test that asks Keras or TensorFlow Addons cannot, or `undefined` when it can. */
export function whyNoTensorFlowJudge(): string | undefined {
  const python = judgesPython();
  if (python === undefined) return NO_JUDGES;
  const find =
    'import importlib.util, sys; sys.exit(importlib.util.find_spec("tensorflow") is None)';
  return spawnSync(python, ['-c', find]).status === 0 ? undefined : NO_TENSORFLOW_JUDGE;
}

/** The reason where there is no tf2onnx; listed in test/allowed-skips.json. */
const NO_TF2ONNX =
  'Python judges have no tf2onnx here: it takes TensorFlow, and Python 3.10 or 3.11';

/** Why a test that converts by tf2onnx cannot, or `undefined` when it can. */
export function whyNoTf2onnx(): string | undefined {
  const python = judgesPython();
  if (python === undefined) return NO_JUDGES;
  const find = 'import importlib.util, sys; sys.exit(importlib.util.find_spec("tf2onnx") is None)';
  return spawnSync(python, ['-c', find]).status === 0 ? undefined : NO_TF2ONNX;
}

/** A Python that has torch and pytorch-metric-learning: 4.9 GB from PyPI, so `setup judges` leaves it out. */
export function torchPython(): string | undefined {
  return process.env['ISOMETRY_TORCH_PYTHON'];
}

/** The reason of tests that ask pytorch-metric-learning; listed in test/allowed-skips.json. */
export const NO_TORCH =
  'No Python with torch and pytorch-metric-learning: set ISOMETRY_TORCH_PYTHON';

/** Runs a Python script with the judges' interpreter, or with `python`, and returns its stdout. */
export async function runJudge(
  script: string,
  args: readonly string[],
  python = judgesPython(),
): Promise<string> {
  if (python === undefined) throw new TypeError(NO_JUDGES);
  const { stdout } = await promisify(execFile)(python, [script, ...args], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}
