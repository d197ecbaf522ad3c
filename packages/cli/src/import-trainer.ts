import { importOptional } from './optional-package.ts';

/** @throws `PACKAGE_MISSING` */
export function importTrainer(): Promise<typeof import('@isometry/train')> {
  return importOptional(
    '@isometry/train',
    () => import('@isometry/train'),
    'npm install --ignore-scripts @isometry/train && npx isometry setup train',
  );
}
