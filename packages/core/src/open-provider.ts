import { IsometryError, isIsometryError } from './errors.ts';
import { isProvider, PROVIDERS, type Provider } from './provider.ts';

/**
 * Opens the first provider of the caller's list that is available here: the only fallback there is.
 * `open` throws `PROVIDER_UNAVAILABLE` to pass to the next; any other error is the answer.
 * @throws `OPTION_INVALID` when the list is empty or names no known provider,
 * `PROVIDER_UNAVAILABLE` with each provider's reason when none is available
 */
export async function openProvider<Opened>(
  providers: readonly Provider[],
  open: (provider: Provider) => Promise<Opened>,
): Promise<Opened> {
  assertProviders(providers);
  const failures: IsometryError[] = [];
  for (const provider of providers) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- the next one only when this one is unavailable
      return await open(provider);
    } catch (error) {
      if (!isIsometryError(error) || error.code !== 'PROVIDER_UNAVAILABLE') throw error;
      failures.push(error);
    }
  }
  const [only] = failures;
  if (only !== undefined && failures.length === 1) throw only;
  throw new IsometryError(
    'PROVIDER_UNAVAILABLE',
    `None of the providers ${providers.join(', ')} is available. ${failures
      .map((failure) => failure.message)
      .join(' ')}`,
    {
      hint: failures.map((failure) => failure.hint ?? '').join(' '),
      cause: only,
      details: { providers },
    },
  );
}

function assertProviders(providers: unknown): asserts providers is readonly Provider[] {
  if (Array.isArray(providers) && providers.length > 0 && providers.every(isProvider)) return;
  throw new IsometryError(
    'OPTION_INVALID',
    `\`providers\` is ${JSON.stringify(providers)}; it takes a list of ${PROVIDERS.join(', ')}.`,
    { hint: "Name at least one, e.g. providers: ['wasm'].", details: { option: 'providers' } },
  );
}
