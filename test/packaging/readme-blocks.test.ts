import { describe, expect, it } from 'vitest';
import { markedBlock } from './readme-blocks.ts';

const readme = [
  '# Title',
  '<!-- test:install -->',
  '',
  '```sh',
  'npm install a \\',
  '  b',
  '```',
  '',
  '<!-- test:prose -->',
  'No block.',
  '```js',
  'f();',
  '```',
].join('\n');

describe('markedBlock', () => {
  it('returns the block behind the marker, unchanged', () => {
    expect(markedBlock(readme, 'install')).toBe('npm install a \\\n  b');
  });

  it('refuses a marker that is missing, doubled or not followed by a block', () => {
    expect(() => markedBlock(readme, 'absent')).toThrow('occurs 0 times');
    expect(() => markedBlock(readme + readme, 'install')).toThrow('occurs 2 times');
    expect(() => markedBlock(readme, 'prose')).toThrow('not followed by a fenced block');
  });
});
