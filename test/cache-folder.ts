import { cacheFolder as cacheFolderOf } from '@isometry/cli';

/** What is kept between clones: libtensorflow, the judges' Python, models for tests. As in the cli. */
export function cacheFolder(): string {
  return cacheFolderOf(process.env);
}
