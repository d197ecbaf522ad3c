import { readFileSync } from 'node:fs';
import { isIsometryError, type Provider } from '@isometry/core';
import { loadClassifier } from '@isometry/runtime-node';

/** A process of its own: loads the model `argv[2]` on the providers `argv[3]` and says how it went. */
const [, , path = '', list = ''] = process.argv;
const outcome = await loadClassifier(readFileSync(path), {
  providers: list.split(',') as Provider[],
}).then(
  async (classifier) => {
    await classifier.close();
    return { provider: classifier.provider };
  },
  (error: unknown) => (isIsometryError(error) ? error : { foreignError: String(error) }),
);
process.stdout.write(JSON.stringify(outcome));
