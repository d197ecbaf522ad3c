import type { Classifier } from '@isometry/core';
import type { ImageSource } from '@isometry/runtime-node';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { readAnswers } from './read-answers.ts';

describe('readAnswers', () => {
  it('says of a file that cannot be read why, and not where the machine has it', async () => {
    // No image can be read, so that nothing else of a classifier is asked for.
    const classifier = {
      manifest: { labels: ['corn', 'wart'], embedding: { size: 2 } },
    } as unknown as Classifier<ImageSource>;
    const files = [
      { file: 'corn/not-there.jpg', label: 'corn' },
      // A folder.
      { file: '.', label: 'wart' },
    ];
    const { skipped } = await readAnswers(classifier, tmpdir(), files, { stage: 'evaluate' });
    expect(skipped).toEqual([
      {
        file: 'corn/not-there.jpg',
        code: 'FILE_READ_FAILED',
        message: 'The file could not be read (ENOENT).',
      },
      { file: '.', code: 'FILE_READ_FAILED', message: 'The file could not be read (EISDIR).' },
    ]);
  });
});
