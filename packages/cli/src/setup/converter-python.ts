import { existsSync } from 'node:fs';
import { cacheFolder } from './cache-folder.ts';
import { judgesInterpreter } from './setup-judges.ts';

/**
 * The Python that has tf2onnx: `$ISOMETRY_JUDGES_PYTHON`, else what `isometry setup judges` made; `undefined` where
 * there is neither. Whether tf2onnx works in it, `findTf2onnx` of `@isometry/export` tells.
 */
export function converterPython(
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const named = env['ISOMETRY_JUDGES_PYTHON'];
  if (named !== undefined && named !== '') return named;
  const python = judgesInterpreter(cacheFolder(env));
  return existsSync(python) ? python : undefined;
}
