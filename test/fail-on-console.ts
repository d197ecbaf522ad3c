import { afterEach, beforeEach, expect, vi } from 'vitest';

/** Libraries never log (docs/style): a test in which something prints through `console` fails. */
const methods = ['log', 'info', 'warn', 'error', 'debug'] as const;
let printed: string[] = [];

beforeEach(() => {
  printed = [];
  for (const method of methods) {
    vi.spyOn(console, method).mockImplementation((...values: unknown[]) => {
      printed.push(`${method}: ${values.map(String).join(' ')}`);
    });
  }
});

afterEach(() => {
  vi.restoreAllMocks();
  expect(printed, 'nothing may be printed through console').toEqual([]);
});
