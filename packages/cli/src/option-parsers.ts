import { isProvider, PROVIDERS, type Provider } from '@isometry/core';
import { InvalidArgumentError, Option } from 'commander';

/** `--provider`, of every command that runs a model. */
export function providerOption(): Option {
  return new Option('--provider <list>', `what runs the model, best first: ${PROVIDERS.join(', ')}`)
    .argParser(parseProviders)
    .default(['cpu'], 'cpu');
}

/** Parses `cpu,wasm` into an ordered list; falling back happens along it and nowhere else. */
export function parseProviders(text: string): readonly Provider[] {
  return text.split(',').map((part) => {
    const name = part.trim();
    if (isProvider(name)) return name;
    throw new InvalidArgumentError(`Give some of ${PROVIDERS.join(', ')}.`);
  });
}

/** Parses a decimal number; ranges are the business of who uses it. */
export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Give a number.');
}

/** Parses a TCP port, 0 to 65535; 0 lets the system choose. */
export function parsePort(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value <= 65_535) return value;
  throw new InvalidArgumentError('Give a port from 0 to 65535.');
}
