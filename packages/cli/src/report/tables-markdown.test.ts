import type { Page } from '@isometry/report';
import { expect, it } from 'vitest';
import { tablesMarkdown } from './tables-markdown.ts';

const PAGE: Page = { title: 'Photos', lead: 'Two trainings.', notes: [], sections: [] };

function markdownOf(blocks: Page['sections'][number]['blocks'], text?: string): string {
  return tablesMarkdown({ ...PAGE, sections: [{ id: 'one', title: 'One', text, blocks }] });
}

const table = (text: string, emphasis?: boolean) =>
  ({
    kind: 'table',
    table: {
      id: 'table',
      caption: 'Of *all* images.',
      columns: [{ title: 'Loss' }, { title: 'a|b', numeric: true, help: 'of _both_' }],
      rows: [[{ text: 'triplet' }, { text, emphasis }]],
    },
  }) as const;

it('writes what a section says, its texts, tables and facts in their order', () => {
  const blocks = [
    table('+1.0', true),
    { kind: 'text', text: 'First.\n\nSecond.' },
    {
      kind: 'facts',
      facts: [
        { name: 'Images', value: 'ham3' },
        { name: 'Not finished', value: 'triplet, seed 1: The loss became NaN.' },
      ],
    },
  ] as const;
  expect(markdownOf(blocks, 'Bold: p is below 0.05.\n\nIn points.')).toBe(
    [
      '# Photos',
      'Two trainings.',
      '## One',
      'Bold: p is below 0.05.',
      'In points.',
      String.raw`Of \*all\* images.`,
      [String.raw`| Loss | a\|b |`, '| --- | --: |', '| triplet | **+1.0** |'].join('\n'),
      String.raw`a\|b: of \_both\_.`,
      'First.',
      'Second.',
      '- Images: ham3\n- Not finished: triplet, seed 1: The loss became NaN.\n',
    ].join('\n\n'),
  );
});

it('leaves out a section of figures, whose text speaks of what is not here', () => {
  expect(markdownOf([{ kind: 'pictures', pictures: [], caption: '' }], 'Dots are means.')).toBe(
    '# Photos\n\nTwo trainings.\n',
  );
  expect(markdownOf([{ kind: 'facts', facts: [] }])).not.toContain('One');
});

it('escapes lead and notes, and keeps a file’s name readable', () => {
  const markdown = tablesMarkdown({
    ...PAGE,
    lead: 'Best: <b>_own_ [loss](x)</b>',
    notes: ['Weights: mobilenet_v1_1.0_224 and _mine_, a__b.', 'Two\nlines'],
  });
  expect(markdown).toContain(String.raw`Best: \<b\>\_own\_ \[loss\](x)\</b\>`);
  expect(markdown).toContain(String.raw`> Weights: mobilenet_v1_1.0_224 and \_mine\_, a\_\_b.`);
  expect(markdown).toContain('> Two lines');
});

it.each([
  ['# 1', String.raw`\# 1`],
  ['- none', String.raw`\- none`],
  ['12. of May', String.raw`12\. of May`],
  ['12 trainings', '12 trainings'],
  ['&lt; $x$ ~~y~~ R&D', String.raw`\&lt; \$x\$ \~\~y\~\~ R&D`],
])('writes the text %j as itself', (text, written) => {
  expect(markdownOf([{ kind: 'text', text }])).toContain(`\n\n${written}\n`);
});

it('writes a cell that begins with a minus as it is', () => {
  expect(markdownOf([table('-3.7')])).toContain('| triplet | -3.7 |');
});
