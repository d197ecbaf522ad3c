/**
 * The fenced block of a Markdown text that follows `<!-- test:NAME -->`: what a reader copies is what
 * the test runs, letter by letter.
 */
export function markedBlock(markdown: string, name: string): string {
  const marker = `<!-- test:${name} -->`;
  const parts = markdown.split(marker);
  if (parts.length !== 2)
    throw new TypeError(`${marker} occurs ${parts.length - 1} times, not once`);
  const block = /^\s*```\w*\n(?<content>[\s\S]*?)\n```/u.exec(parts[1] ?? '')?.groups?.['content'];
  if (block === undefined) throw new TypeError(`${marker} is not followed by a fenced block`);
  return block;
}
