/** A long computation that can pause between its steps, at which it says how much is done, in units that its function names. */
export type Steps<Result> = Generator<number, Result, void>;

/** Takes all steps at once. */
export function runSteps<Result>(steps: Steps<Result>): Result {
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}
