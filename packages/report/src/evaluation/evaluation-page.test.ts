import { describe, expect, it } from 'vitest';
import { attributeNames, HOSTILE } from '../page/page.case.ts';
import type { Page, Section, Table } from '../page/page.ts';
import { renderPage } from '../page/render-page.ts';
import { evaluationPage } from './evaluation-page.ts';
import { evaluationOf, syntheticEvaluation } from './evaluation.case.ts';
import { createRandom } from '@isometry/core';
import type { Evaluation } from './evaluation.ts';

function section(page: Page, id: string): Section | undefined {
  return page.sections.find((one) => one.id === id);
}

function table(page: Page, id: string): Table | undefined {
  return page.sections
    .flatMap(({ blocks }) => blocks.flatMap((one) => (one.kind === 'table' ? [one.table] : [])))
    .find((one) => one.id === id);
}

describe(evaluationPage, () => {
  it('has the sections in their order, and says the result first', () => {
    const page = evaluationPage(syntheticEvaluation());
    expect(page.sections.map(({ id }) => id)).toEqual([
      'summary',
      'classes',
      'confusion',
      'embedding',
      'calibration',
      'roc',
      'training',
      'mistakes',
      'about',
    ]);
    expect(page.title).toBe('Evaluation of synthetic');
    expect(page.lead).toMatch(
      /^Of 60 images of photos \(test split\) in 3 classes, [\d.]+% are classified right \(95% interval [\d.]+% to [\d.]+%\)\. Always answering akiec, the largest class, would be right for 33\.3%\.$/u,
    );
  });

  it('leaves out what is not known', () => {
    const page = evaluationPage({
      ...syntheticEvaluation(),
      maps: { tsne: null, umap: null },
      roc: [],
      history: null,
    });
    expect(section(page, 'roc')).toBeUndefined();
    expect(section(page, 'training')).toBeUndefined();
    const figures = section(page, 'embedding')?.blocks.filter(({ kind }) => kind === 'figure');
    expect(figures).toHaveLength(1);
  });

  it('warns of what the counts show', () => {
    const evaluation = syntheticEvaluation();
    const images = evaluation.images.filter(({ label }) => label !== 'mel');
    const absent = evaluationOf(images, evaluation.model.labels, createRandom(0, 'absent'));
    const page = evaluationPage({
      ...absent,
      data: { ...absent.data, warnings: ['another data set'] },
    });
    expect(page.notes).toEqual([
      'another data set',
      '1 file could not be read: see About.',
      'No image of mel: nothing is known of it.',
      'Few images of akiec (20) and bkl (20): the interval of a class says how little that tells.',
    ]);
    const row = table(page, 'class-scores')?.rows[2]?.map(({ text }) => text);
    expect(row?.slice(0, 4)).toEqual(['mel', '0', '–', '–']);
  });

  it('has no precision for a class that is never predicted', () => {
    const { images, model } = syntheticEvaluation();
    const blind = images.map((image) => ({ ...image, predicted: 'bkl' }));
    const page = evaluationPage(evaluationOf(blind, model.labels, createRandom(0, 'blind')));
    const precision = table(page, 'class-scores')?.rows.map((row) => row[4]?.text);
    expect(precision).toEqual(['–', '33.3%', '–']);
  });

  it('needs no mistakes', () => {
    const { images, model } = syntheticEvaluation();
    const right = images.map((image) => ({ ...image, predicted: image.label }));
    const page = evaluationPage(evaluationOf(right, model.labels, createRandom(0, 'right')));
    expect(section(page, 'mistakes')).toMatchObject({
      text: 'No image was taken for another class.',
      blocks: [],
    });
    expect(table(page, 'confusions')).toBeUndefined();
  });

  it.each([1, 2])('stands with %i image', async (count) => {
    const html = await renderPage(evaluationPage(syntheticEvaluation({ images: count })));
    expect(html).toContain(`Of ${count} image${count === 1 ? '' : 's'} of photos`);
  });

  it('shows the pictures that it is given', async () => {
    const pictures = [
      { src: 'data:image/jpeg;base64,AAAA', alt: 'a lesion', caption: 'mel\n→ bkl' },
    ];
    const html = await renderPage(evaluationPage(syntheticEvaluation(), { pictures }));
    expect(html).toContain('<img src="data:image/jpeg;base64,AAAA" alt="a lesion">');
    expect(html).toContain('The 1 most confident mistake:');
  });

  it('stays below 3 MB with ten thousand images, and says that its maps are samples', async () => {
    const page = evaluationPage(syntheticEvaluation({ images: 10_000 }));
    const html = await renderPage(page);
    expect(Buffer.byteLength(html)).toBeLessThan(3_000_000);
    expect(html).toContain('a random sample of the 10,000 images');
  }, 60_000);

  it('stays below 3 MB with a thousand classes', async () => {
    const labels = Array.from({ length: 1000 }, (_, index) => `class ${index}`);
    const html = await renderPage(evaluationPage(syntheticEvaluation({ images: 100, labels })));
    expect(Buffer.byteLength(html)).toBeLessThan(3_000_000);
    expect(html).toContain('id="confusion-matrix"');
  }, 60_000);

  it('gives the same bytes for the same evaluation', async () => {
    const evaluation = syntheticEvaluation();
    const first = await renderPage(evaluationPage(evaluation));
    const copy = structuredClone(evaluation);
    expect(await renderPage(evaluationPage(copy))).toBe(first);
  });

  it('shows hostile names as text: of the model, the data, classes and files', async () => {
    const long = `${'🦎'.repeat(150)}${'x'.repeat(150)}`;
    const labels = [HOSTILE, long, 'שלום', '{{7*7}}\u2028'];
    const evaluation = syntheticEvaluation({ images: 40, labels });
    const hostile: Evaluation = {
      ...evaluation,
      software: HOSTILE,
      model: {
        ...evaluation.model,
        name: HOSTILE,
        training: {
          backbone: HOSTILE,
          loss: HOSTILE,
          protocol: HOSTILE,
          seed: 1,
          weights: HOSTILE,
        },
      },
      data: {
        ...evaluation.data,
        name: HOSTILE,
        split: HOSTILE,
        skipped: [{ file: HOSTILE, code: HOSTILE, message: HOSTILE }],
        warnings: [HOSTILE],
      },
      history: [{ stage: HOSTILE, epoch: 1, values: { loss: 1, [HOSTILE]: 2 } }],
    };
    const html = await renderPage(evaluationPage(hostile));
    const body = html.slice(html.indexOf('<body>'));
    expect(body).not.toMatch(/<img|<script|\0|\u202E|\u2028/iu);
    expect(attributeNames(body)).not.toMatch(/style|\bon/iu);
    expect(body).toContain(long);
    expect(body).toContain('&lt;img src=x onerror=');
  });
});
