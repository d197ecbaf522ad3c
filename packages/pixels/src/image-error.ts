import { IsometryError } from '@isometry/core';

/** In `details` a format is spelled as in an image's header: `jpeg`, `png`, `webp`. */
function detailsOf(format: string): { readonly format: string } {
  return { format: format.toLowerCase() };
}

/** The bytes start like `format` and break its rules. */
export function invalidImage(format: string, problem: string, cause?: unknown): IsometryError {
  return new IsometryError('IMAGE_INVALID', `The ${format} is damaged: ${problem}.`, {
    hint: 'Open it in an image editor and save it again, or use another image.',
    details: detailsOf(format),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The image of `format` ends too early. */
export function truncatedImage(format: string, problem: string): IsometryError {
  return new IsometryError('IMAGE_TRUNCATED', `The ${format} is incomplete: ${problem}.`, {
    hint: 'The upload or copy was probably cut off: transfer the file again.',
    details: detailsOf(format),
  });
}

/** A proper image, of a kind that pixels/1 does not define. */
export function unsupportedImage(format: string, what: string, hint: string): IsometryError {
  return new IsometryError('IMAGE_UNSUPPORTED', `${what} is not supported.`, {
    hint,
    details: detailsOf(format),
  });
}

/** WebAssembly or the engine has no memory left for the image. */
export function outOfMemory(format: string, cause?: unknown): IsometryError {
  return new IsometryError(
    'IMAGE_TOO_LARGE',
    `Decoding the ${format} needs more memory than there is.`,
    {
      hint: 'Send a smaller image, or lower the image limits so that it is refused earlier.',
      details: detailsOf(format),
      ...(cause === undefined ? {} : { cause }),
    },
  );
}
