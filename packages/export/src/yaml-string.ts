/**
 * A YAML double-quoted scalar in one line: JSON's escapes, and besides them those of what YAML counts as a line
 * break or refuses to read raw (DEL, C1 controls, U+2028, U+2029, the byte order mark, non-characters).
 */
export function yamlString(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007F-\u00A0\u2028\u2029\uFEFF\uFFFE\uFFFF]/gu,
    (character) => String.raw`\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
