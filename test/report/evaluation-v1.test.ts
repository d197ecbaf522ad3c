import { readFileSync } from 'node:fs';
import { evaluationPage, parseEvaluation, renderPage, serializeEvaluation } from '@isometry/report';
import { describe, expect, it } from 'vitest';

/** As the first release wrote it. Never written anew: a later reader that refuses it breaks what people have. */
const json: unknown = JSON.parse(
  readFileSync(new URL('../fixtures/evaluation-v1.json', import.meta.url), 'utf8'),
);

describe('an evaluation of version 1', () => {
  it('is read as it is, and written the same', () => {
    const evaluation = parseEvaluation(json);
    expect(evaluation).toEqual(json);
    expect(JSON.parse(serializeEvaluation(evaluation))).toEqual(json);
  });

  it('makes a page', async () => {
    const html = await renderPage(evaluationPage(parseEvaluation(json)));
    expect(html).toContain('<h1>Evaluation of synthetic</h1>');
    expect(html).toContain('Of 12 images of photos (test split) in 3 classes');
  });
});
