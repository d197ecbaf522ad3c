/**
 * A name as it may be shown: control characters are spelled out (`\u001b`), so that a folder or a label out of an
 * archive from anywhere neither moves the cursor nor breaks a line.
 */
export function printable(text: string): string {
  return text.replaceAll(
    /\p{Cc}/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
