import { parseManifest, type ExportRecord, type Manifest } from '@isometry/core';
import { describe, expect, it } from 'vitest';
import { exampleManifest } from './example-manifest.case.ts';
import { modelCard } from './model-card.ts';

/** What a stranger could write into a name: YAML's syntax, Markdown's, HTML's, line breaks of all kinds. */
const HOSTILE = [
  'yes: no',
  '- a',
  '"quoted" and \'quoted\'',
  'a\n---\nlicense: mit',
  'back\\slash \\u0041',
  '#comment {a: [b]} !!tag &anchor *alias %YAML',
  '\u0085next\u2028line\u2029\u007F\uFEFFmark\u0000',
  '日本 é 🦶',
  '~~~',
  '<script>alert(1)</script> [link](http://a) | cell | `code` &lt;',
];

/** The head's scalars by key, read by JSON: what is quoted must be one JSON string in one line. */
function headOf(card: string): Map<string, unknown> {
  const lines = card.split('\n');
  expect(lines[0]).toBe('---');
  const head = lines
    .slice(1, lines.indexOf('---', 1))
    .filter((line) => !/^- [a-z.-]+$/u.test(line));
  const entries = head.map((line): [string, unknown] => {
    const scalar = /^ *(?<key>(?:- )?[a-z_-]+): ?(?<value>.*)$/u.exec(line);
    expect(scalar).not.toBeNull();
    const { key = '', value = '' } = scalar?.groups ?? {};
    // Raw, these would end the line or the document for a YAML reader.
    expect(value).not.toMatch(/[\p{Cc}\u00A0\u2028\u2029\uFEFF]/u);
    expect(value).toMatch(/^(?:"|[\w.-]*$)/u);
    return [key, value.startsWith('"') ? JSON.parse(value) : value];
  });
  return new Map(entries);
}

/** The card without its fenced blocks: what Markdown renders as text. */
function proseOf(card: string): string {
  return card.replaceAll(/^```\w+\n[\s\S]*?\n```$/gmu, '');
}

describe('the head', () => {
  it.each(HOSTILE)('keeps %j as data', (text) => {
    const manifest = exampleManifest({
      name: text,
      license: text,
      metrics: { ...exampleManifest().metrics!, split: text },
    });
    const head = headOf(modelCard(manifest));
    expect(head.get('- name')).toBe(text);
    expect(head.get('name')).toBe(`images ${'a'.repeat(12)}`);
    expect(head.get('license')).toBe('other');
    expect(head.get('license_name')).toBe(text);
    expect(head.get('split')).toBe(text);
  });

  it.each([
    ['CC-BY-4.0', 'cc-by-4.0'],
    ['apache-2.0', 'apache-2.0'],
    [' MIT ', 'mit'],
    ['GPL-3.0-only', 'other'],
    ['GPL-3.0', 'other'],
    ['MIT OR Apache-2.0', 'other'],
    ['For us alone.', 'other'],
    ['constructor', 'other'],
  ])('the licence %j is %j to the hub', (license, id) => {
    const head = headOf(modelCard(exampleManifest({ license })));
    expect(head.get('license')).toBe(id);
    expect(head.get('license_name')).toBe(id === 'other' ? license : undefined);
  });

  it('says nothing of a licence that is not known', () => {
    expect(modelCard(exampleManifest({ license: ' ' }))).not.toContain('license');
  });
});

describe('the text', () => {
  it.each(HOSTILE)('shows %j and obeys nothing in it', (text) => {
    const card = modelCard(
      exampleManifest({
        name: text,
        labels: [text, `${text}!`],
        intendedUse: text,
        license: text,
        calibration: { temperature: 1, method: text },
        training: { ...exampleManifest().training!, hyperparameters: { [text]: text } },
      }),
    );
    const body = proseOf(card.slice(card.indexOf('\n---\n', 1) + 5));
    const headings = body.split('\n').filter((line) => /^#{1,6} /u.test(line));
    expect(headings.map((line) => line.replace(/^# .*/u, '# NAME'))).toEqual([
      '# NAME',
      ...['Labels', 'Use', 'Intended use', 'Quality', 'Training', 'Limits'].map((s) => `## ${s}`),
    ]);
    // Unescaped, these are markup.
    expect(body).not.toMatch(/(?<!\\)[<>[\]~*&]/u);
    expect(body.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    const rows = body.split('\n').filter((line) => line.startsWith('| '));
    for (const row of rows) expect(row.match(/(?<!\\)\|/gu)).toHaveLength(3);
  });

  it('lists a hundred labels and points to the file for the others', () => {
    const labels = Array.from({ length: 10_000 }, (_, index) => `kind ${index}`);
    const card = modelCard(exampleManifest({ labels }));
    expect(card).toContain('\n99. kind 99\n');
    expect(card).not.toContain('kind 100');
    expect(card).toContain('and 9900 more: see labels.txt.');
  });

  it.each([
    ['contain', 64, [0, 0, 0], []],
    ['contain', 64, [9, 8, 7], ['pad an image with black', 'rgb(9, 8, 7)']],
    ['contain', 96, [9, 8, 7], ['stretch an image', 'trained with `contain`', '96 x 64']],
    ['cover', 64, [9, 8, 7], []],
    ['cover', 96, [0, 0, 0], ['stretch an image', 'trained with `cover`']],
    ['stretch', 96, [9, 8, 7], []],
  ] as const)(
    'says what loaders do otherwise: %s into %i x 64 on %j',
    (fit, width, background, said) => {
      const pixels: Manifest['pixels'] = { ...exampleManifest().pixels, fit, width, background };
      const limits = modelCard(exampleManifest({ pixels })).split('## Limits')[1] ?? '';
      expect(limits.match(/^- /gmu)).toHaveLength(said.length === 0 ? 3 : 4);
      for (const part of said) expect(limits).toContain(part);
    },
  );

  it('says nothing of an interval where nothing was measured', () => {
    const limits = (metrics: Manifest['metrics']): string =>
      modelCard(exampleManifest({ metrics })).split('## Limits')[1] ?? '';
    expect(limits(exampleManifest().metrics)).toContain('The interval above');
    expect(limits(null)).not.toContain('interval');
  });
});

describe('a file that was made smaller', () => {
  const record: ExportRecord = {
    converter: { name: 'native', version: '0.1.0' },
    precision: 'int8',
    proof: {
      reference: 'tfjs 4.22.0 (tensorflow)',
      inputs: { images: 60, random: 4 },
      outputs: { embedding: { maxAbs: 1.234e-6, meanAbs: 0, bound: 1e-4 } },
      argmaxAgreement: { agreed: 63, total: 64 },
    },
    variant: {
      sizeRatio: 0.2624,
      calibration: { method: 'percentile 99.99', images: 100, digest: 'c'.repeat(64) },
      keptFloat: ['conv1', 'a|b'],
      agreement: { agreed: 59, total: 60 },
      drop: {
        split: 'test',
        count: 60,
        accuracy: { value: 0.004, low: -0.01, high: 0.02, level: 0.95, method: 'bootstrap' },
      },
    },
  };

  it('says so, with what was measured', () => {
    // The record is one that a manifest may hold.
    const manifest = parseManifest(JSON.stringify(exampleManifest({ export: record })));
    const section = modelCard(manifest).split('## Export')[1]?.split('## Training')[0] ?? '';
    expect(section).toContain('against tfjs 4.22.0 (tensorflow) on 60\nimages and 4 random inputs');
    expect(section).toContain('first for 63 of 64');
    expect(section).toContain('| embedding | 1.2e-6 | 0 | 1.0e-4 |');
    expect(section).toContain(
      '`onnx/model_quantized.onnx` computes in int8; inputs and outputs are float32. Its size is 26.2 %',
    );
    expect(section).toContain('percentile 99.99 over 100 images');
    expect(section).toContain('on 59 of 60 images');
    expect(section).toContain(
      'test split of 60 images: 0.4 points (95 % interval −1.0 to 2.0, bootstrap)',
    );
    expect(section).toContain(String.raw`Kept in float32: conv1, a\|b.`);
  });

  it('is named in each example, and claims no accuracy of the float32 file', () => {
    const card = modelCard(exampleManifest({ export: record }));
    expect(card).toContain("loadClassifier('onnx/model_quantized.onnx')");
    expect(card).toContain("'image-classification', '.', { dtype: 'q8' }");
    expect(card).toContain('subfolder="onnx", file_name="model_quantized.onnx"');
    expect(card).toContain('python classify.py onnx/model_quantized.onnx photo.jpg');
    expect(card).not.toContain('model-index');
    expect(card).toContain('Accuracy of the float32 file on the test split');
  });

  it('beside the float32 file leaves the examples to that one, and the proof is told once', () => {
    const float32 = exampleManifest({ export: { ...record, precision: 'fp32', variant: null } });
    const card = modelCard(float32, [exampleManifest({ export: record })]);
    expect(card).toContain("loadClassifier('onnx/model.onnx')");
    expect(card).toContain('model-index');
    expect(card.match(/first for 63 of 64/gu)).toHaveLength(1);
    expect(card.match(/computes in int8/gu)).toHaveLength(1);
    expect(card).not.toContain('computes in fp32');
  });

  it('of fp16 that nobody measured says that', () => {
    const { variant } = record;
    const unmeasured: ExportRecord = {
      ...record,
      precision: 'fp16',
      variant: { ...variant!, calibration: null, agreement: null, drop: null, keptFloat: [] },
    };
    const card = modelCard(exampleManifest({ export: unmeasured }));
    expect(card).toContain('computes in fp16');
    expect(card).toContain('Not compared with the float32 file on images.');
    expect(card).toContain('What it costs in accuracy was not measured.');
    expect(card).toContain("loadClassifier('onnx/model_fp16.onnx')");
  });
});
