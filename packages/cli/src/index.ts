/**
 * The `isometry` command, and the set-up that it shares with this repository's scripts. To classify
 * images in a program install `@isometry/runtime-node` instead.
 *
 * @example
 * import { setupTrain } from '@isometry/cli';
 * const { detail } = await setupTrain({ onStep: (line) => process.stderr.write(`${line}\n`) });
 *
 * @packageDocumentation
 */
export { EXIT_CODE_OF, EXIT_CODES } from './exit-codes.ts';
export { runIsometry } from './run-isometry.ts';
export { cacheFolder } from './setup/cache-folder.ts';
export { findBrowser } from './setup/find-browser.ts';
export { setupBrowser } from './setup/setup-browser.ts';
export { judgesInterpreter, setupJudges } from './setup/setup-judges.ts';
export type { SetupOptions, SetupResult } from './setup/setup-options.ts';
export { setupTrain, type SetupTrainOptions } from './setup/setup-train.ts';
export type { Terminal } from './terminal.ts';
