import { describe, expect, it } from 'vitest';
import { escapeHtml, markup, markupText, trustedMarkup } from './markup.ts';

describe(escapeHtml, () => {
  it.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    [`"onload='x'&amp;`, '&quot;onload=&#39;x&#39;&amp;amp;'],
    ['invoice\u202Egpj.exe', 'invoice\\u202egpj.exe'],
    ['a\u2066b\u2069\u061C', 'a\\u2066b\\u2069\\u061c'],
    [
      'bell\u0007 nul\0 line\n tab\t c1\u009B',
      'bell\\u0007 nul\\u0000 line\\u000a tab\\u0009 c1\\u009b',
    ],
    ['half \uD83D pair', 'half \uFFFD pair'],
    ['👩🏽‍🔬 é 日本 العربية', '👩🏽‍🔬 é 日本 العربية'],
    ['', ''],
  ])('%j', (text, expected) => {
    expect(escapeHtml(text)).toBe(expected);
  });

  it('leaves no character that ends an attribute or opens a tag, whatever the text', () => {
    const every = Array.from({ length: 0x3000 }, (_, code) => String.fromCodePoint(code)).join('');
    expect(escapeHtml(every)).not.toMatch(
      /[<>"']|&(?!(?:amp|lt|gt|quot|#39);)|[\p{Cc}\u202A-\u202E]/u,
    );
  });
});

describe(markup, () => {
  it('escapes values and takes markup as it is', () => {
    const inner = markup`<b>${'<i>'}</b>`;
    const all = markup`<p title="${'"'}">${inner}${[inner, inner]}${undefined}${3}</p>`;
    expect(markupText(all)).toBe(
      '<p title="&quot;"><b>&lt;i&gt;</b><b>&lt;i&gt;</b><b>&lt;i&gt;</b>3</p>',
    );
  });

  it('takes no data for markup: what JSON can hold has no symbol', () => {
    const real = trustedMarkup('<i>');
    const fake = JSON.parse(JSON.stringify({ ...real, markup: '<script>' })) as typeof real;
    expect(markupText(markup`${fake}`)).not.toContain('<script>');
  });
});
