const MARKUP: unique symbol = Symbol('markup');

/** HTML, as only {@link markup} and {@link trustedMarkup} make it: JSON holds no symbols, so no data pass for it. */
export interface Markup {
  readonly [MARKUP]: string;
}

type Value = string | number | Markup | readonly Markup[] | undefined;

/**
 * HTML with every value in it escaped, for text and for attributes in double quotes. Not called `html`: prettier would
 * set it anew, and spaces count.
 */
export function markup(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  const parts = strings.map((part, index) =>
    index < values.length ? part + insert(values[index]) : part,
  );
  return trustedMarkup(parts.join(''));
}

/** Text that is HTML already: a drawing, a script. Never anything that a user named. */
export function trustedMarkup(text: string): Markup {
  return { [MARKUP]: text };
}

export function markupText(value: Markup): string {
  return value[MARKUP];
}

function insert(value: Value): string {
  if (value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  return isList(value) ? value.map(markupText).join('') : markupText(value);
}

function isList(value: Markup | readonly Markup[]): value is readonly Markup[] {
  return Array.isArray(value);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Text as HTML shows it. Control characters, line and paragraph separators and what turns the direction of the text
 * around it are spelled out (`\u202e`): no file name looks like another one's. Half pairs become U+FFFD.
 */
export function escapeHtml(text: string): string {
  return text
    .replaceAll(/\p{Cs}/gu, '\uFFFD')
    .replaceAll(
      /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/gu,
      (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
    )
    .replaceAll(/[&<>"']/gu, (character) => ENTITIES[character] ?? '');
}
