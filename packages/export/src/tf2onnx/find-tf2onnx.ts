import { tmpdir } from 'node:os';
import { runScript } from './run-script.ts';
import { ScriptAnswers } from './script-answers.ts';
import { parseVersions, type Tf2onnxVersions } from './tf2onnx-versions.ts';

/** Options of {@link findTf2onnx}. */
export interface FindTf2onnxOptions {
  /** The interpreter to ask; `undefined` where none was found. */
  readonly python: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Nothing is imported to answer: it takes a tenth of a second, on a sleeping disk some seconds. */
const ANSWER_TIMEOUT_MS = 30_000;

/**
 * Asks whether tf2onnx is there with libraries that it works with.
 * @throws `CONVERTER_UNAVAILABLE` saying in one line what is not right, with what to type; `ABORTED`
 */
export async function findTf2onnx(options: FindTf2onnxOptions): Promise<Tf2onnxVersions> {
  const answers = new ScriptAnswers();
  const ending = await runScript(['versions'], {
    python: options.python,
    folder: tmpdir(),
    timeoutMs: ANSWER_TIMEOUT_MS,
    signal: options.signal,
    onLine: answers.take,
  });
  return parseVersions(answers.result(ending));
}
