import { readFile } from 'node:fs/promises';

/** This package's version. */
export async function ownVersion(): Promise<string> {
  // `../package.json` from src and from dist alike.
  const json = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return String((JSON.parse(json) as { readonly version: unknown }).version);
}
