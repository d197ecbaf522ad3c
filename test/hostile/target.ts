import { isIsometryError } from '@isometry/core';

/** What became of one case. */
export interface Outcome {
  /** `equal`: the same as without the mutation. `valid`: something else, and sound. Else an error's code, or `broken`. */
  readonly ending: string;
  /** Whether it got past what looks at the file first. */
  readonly pastHeader: boolean;
  /** What is wrong, when it ended in neither a result nor a typed error. */
  readonly problem?: string;
  /** Of the error, as far as a log needs it. */
  readonly message?: string;
}

/** One input, made and not yet read. */
export interface Case {
  /** What was done to it, for the report of a failure. */
  readonly mutation: string;
  readonly judge: () => Promise<Outcome>;
}

/**
 * Makes a case by its number: the same number is the same input everywhere. The first ones cut the sound input at each
 * hundredth of its length.
 */
export type MakeCase = (index: number) => Promise<Case>;

/** Longest message: a hostile file chooses names and shapes, and may not flood a log. */
const MAX_MESSAGE_LENGTH = 2000;

/** The ending of an error, or what is wrong with it. */
export function endingOf(error: unknown): Omit<Outcome, 'pastHeader'> {
  if (!isIsometryError(error)) {
    const stack = error instanceof Error ? error.stack : String(error);
    return { ending: 'broken', problem: `a foreign error: ${stack}` };
  }
  const json = JSON.stringify(error);
  if (error.hint === undefined) return { ending: 'broken', problem: `no hint: ${json}` };
  // This one lists every layer that cannot be written.
  const isList = error.code === 'LAYER_UNSUPPORTED';
  if (error.message.length > MAX_MESSAGE_LENGTH && !isList) {
    return {
      ending: 'broken',
      problem: `${error.message.length} characters: ${error.message.slice(0, 200)}`,
    };
  }
  return { ending: error.code, message: error.message.slice(0, 200) };
}

/** Throws what a case reports as broken. */
export function demand(condition: boolean, problem: string): asserts condition {
  if (!condition) throw new TypeError(problem);
}
