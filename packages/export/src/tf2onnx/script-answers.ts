import type { Progress } from '@isometry/core';
import * as z from 'zod';
import { failureOf, problemError } from './failure.ts';
import type { ValueOfLayer } from './rename-values.ts';
import type { ScriptEnding } from './run-script.ts';
import { parseVersions, type Tf2onnxVersions } from './tf2onnx-versions.ts';

/** In the script's order. */
const STAGES = ['check', 'read', 'tensorflow', 'keras', 'saved-model', 'tf2onnx'];

const size = z.int().min(0).nullable();
const named = z.array(
  z.object({ name: z.string(), layer: z.string(), dims: z.array(size).default([]) }),
);
const conversionSchema = z.object({ inputs: named, outputs: named });
const answer = z.union([
  z.object({ stage: z.string(), versions: z.unknown().optional() }),
  z.object({ result: z.unknown() }),
  z.object({
    problem: z.string(),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).default({}),
  }),
]);

/** A refusal that the script wrote itself, before a library could fail. */
export interface ScriptProblem {
  readonly problem: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What a whole conversion answered. */
export interface FinishedConversion {
  readonly conversion: {
    readonly inputs: readonly ValueOfLayer[];
    readonly outputs: readonly ValueOfLayer[];
  };
  readonly versions: Tf2onnxVersions;
}

/** Gathers the lines of JSON that the Python script prints, and tells the stages as they come. */
export class ScriptAnswers {
  readonly #onProgress: ((progress: Progress) => void) | undefined;
  #versions: Tf2onnxVersions = {};
  #result: unknown;
  #problem: ScriptProblem | undefined;

  constructor(onProgress?: (progress: Progress) => void) {
    this.#onProgress = onProgress;
  }

  /** Takes one line; what is no answer is not the script's, and left out. */
  readonly take = (line: string): void => {
    const parsed = answer.safeParse(parseJson(line));
    if (!parsed.success) return;
    if ('problem' in parsed.data) this.#problem = parsed.data;
    else if ('result' in parsed.data) this.#result = parsed.data.result;
    else {
      const { stage } = parsed.data;
      if (parsed.data.versions !== undefined) this.#versions = parseVersions(parsed.data.versions);
      this.#onProgress?.({ stage, done: STAGES.indexOf(stage), total: STAGES.length });
    }
  };

  /** The result as it is, of a command that answers at once. @throws what {@link failureOf} makes of the ending */
  result(ending: ScriptEnding): unknown {
    if (this.#problem !== undefined) throw problemError(this.#problem, ending.stderr);
    if (ending.code !== 0 || this.#result === undefined) throw failureOf(ending);
    return this.#result;
  }

  /** @throws as {@link ScriptAnswers.result} */
  finish(ending: ScriptEnding): FinishedConversion {
    const result = conversionSchema.safeParse(this.result(ending));
    if (!result.success) throw failureOf(ending, result.error);
    this.#onProgress?.({ stage: 'tf2onnx', done: STAGES.length, total: STAGES.length });
    return { conversion: result.data, versions: this.#versions };
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
