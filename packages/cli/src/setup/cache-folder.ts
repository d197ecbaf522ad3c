import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where set-up keeps what npm does not bring: `$ISOMETRY_CACHE`, else `isometry` in the user's cache
 * folder (`$XDG_CACHE_HOME`, else `~/.cache`). An empty variable counts as unset, as XDG asks.
 */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const own = env['ISOMETRY_CACHE'];
  if (own !== undefined && own !== '') return own;
  const shared = env['XDG_CACHE_HOME'];
  return join(
    shared !== undefined && shared !== '' ? shared : join(homedir(), '.cache'),
    'isometry',
  );
}
