import { homedir } from 'node:os';
import { join } from 'node:path';

/** What is kept between clones: libtensorflow, the judges' Python, models for tests. As in the cli. */
export function cacheFolder(): string {
  return (
    process.env['ISOMETRY_CACHE'] ??
    join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'isometry')
  );
}
