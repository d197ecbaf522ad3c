import { IsometryError } from '@isometry/core';
import {
  MaxPartsExceededError,
  MultipartParseError,
  parseMultipart,
} from '@remix-run/multipart-parser';
import type { EdgeLimits } from './edge-limits.ts';
import { readBody } from './request-body.ts';

/** One image of a request. */
export interface UploadedImage {
  /** The name that a form gave the file; undefined for a bare body. */
  readonly file: string | undefined;
  readonly bytes: Uint8Array;
}

/**
 * Reads the images that a request carries: its body itself (`image/*`, `application/octet-stream` or
 * no content type), or the files of a `multipart/form-data` form.
 * @throws `REQUEST_*`, `ABORTED`
 */
export async function readImages(request: Request, limits: EdgeLimits): Promise<UploadedImage[]> {
  const encoding = request.headers.get('Content-Encoding')?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity') {
    throw new IsometryError(
      'REQUEST_TYPE_UNSUPPORTED',
      `The content encoding "${encoding}" is not supported.`,
      { hint: 'Send the image as it is: JPEG, PNG and WebP are compressed already.' },
    );
  }
  const contentType = request.headers.get('Content-Type') ?? 'application/octet-stream';
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (mediaType === 'multipart/form-data') {
    const boundary = readBoundary(contentType);
    return parseForm(await readBody(request, limits.maxBodyBytes), boundary, limits.maxFiles);
  }
  if (mediaType.startsWith('image/') || mediaType === 'application/octet-stream') {
    return [{ file: undefined, bytes: await readBody(request, limits.maxBodyBytes) }];
  }
  throw new IsometryError(
    'REQUEST_TYPE_UNSUPPORTED',
    `The content type "${mediaType}" is not supported.`,
    {
      // What `curl --data-binary` says of a body is that it were a form's fields.
      hint: "Say what the body is, e.g. curl -H 'Content-Type: image/jpeg', or send a form with files.",
    },
  );
}

function readBoundary(contentType: string): string {
  const match = /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2] ?? '';
  // RFC 2046, section 5.1.1: 1 to 70 characters, all of them ASCII.
  if (!/^[\x20-\x7e]{1,70}$/.test(boundary)) {
    throw new IsometryError('REQUEST_INVALID', 'The form has no usable boundary.', {
      hint: 'Let the HTTP client set the Content-Type of a form: curl -F, fetch with FormData.',
    });
  }
  return boundary;
}

/**
 * Not the platform's `formData()`: it has no limit of parts, and 16 MiB of empty ones (258,111) kept
 * Node 20 busy for 15 s and took 640 MB. The parser also is the same one on every platform.
 */
function parseForm(body: Uint8Array, boundary: string, maxFiles: number): UploadedImage[] {
  const images: UploadedImage[] = [];
  try {
    const limits = { maxParts: maxFiles, maxFileSize: body.length, maxTotalSize: body.length };
    for (const part of parseMultipart(body, { boundary, ...limits })) {
      if (part.filename === undefined) {
        throw new IsometryError(
          'REQUEST_INVALID',
          `The form's field "${part.name ?? ''}" is not a file.`,
          { hint: 'Send files only; top_k goes into the address.' },
        );
      }
      const [only] = part.content;
      images.push({
        file: part.filename,
        // Almost always one view into the body: no copy.
        bytes: part.content.length === 1 && only !== undefined ? only : part.bytes,
      });
    }
  } catch (cause) {
    if (cause instanceof MaxPartsExceededError) {
      throw new IsometryError('REQUEST_TOO_LARGE', `The form has more than ${maxFiles} files.`, {
        hint: 'Send them in several requests.',
        cause,
        details: { maxFiles },
      });
    }
    // The parser's header decoder throws TypeError where a name is not UTF-8.
    if (cause instanceof MultipartParseError || cause instanceof TypeError) {
      throw new IsometryError('REQUEST_INVALID', 'The form is malformed or ends too early.', {
        hint: 'Send it again; let the HTTP client write the form: curl -F, fetch with FormData.',
        cause,
      });
    }
    throw cause;
  }
  if (images.length === 0) {
    throw new IsometryError('REQUEST_INVALID', 'The form holds no file.', {
      hint: 'Send at least one, e.g. curl -F image=@photo.jpg.',
    });
  }
  return images;
}
