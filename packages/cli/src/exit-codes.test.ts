import { describe, expect, it } from 'vitest';
import { EXIT_CODE_OF, EXIT_CODES_HELP } from './exit-codes.ts';

describe('exit codes', () => {
  it('are all in --help, but for those of HTTP requests, which no command ends with', () => {
    const shown = [...EXIT_CODES_HELP.matchAll(/^ {2}(\d+) /gm)].map((match) => Number(match[1]));
    const used = Object.entries(EXIT_CODE_OF)
      .filter(([code]) => !code.startsWith('REQUEST_'))
      .map(([, exitCode]) => exitCode);
    expect(new Set(shown)).toEqual(new Set([0, 1, ...used]));
  });
});
