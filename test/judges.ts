import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { judgesInterpreter } from '@isometry/cli';
import { cacheFolder } from './cache-folder.ts';

/**
 * The Python of the outside judges (Pillow, onnx, onnxruntime), made by `isometry setup judges`.
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

/** Runs a Python script with the judges' interpreter and returns its stdout. */
export async function runJudge(script: string, args: readonly string[]): Promise<string> {
  const python = judgesPython();
  if (python === undefined) throw new TypeError(NO_JUDGES);
  const { stdout } = await promisify(execFile)(python, [script, ...args], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}
