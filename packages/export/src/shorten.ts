/** A model from elsewhere chooses its names and shapes: they may not flood a log. */
const MAX_LENGTH = 500;

/** At most 500 characters of a text for an error message. */
export function shorten(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH - 1)}…`;
}
