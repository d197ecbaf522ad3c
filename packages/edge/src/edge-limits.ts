import { IsometryError } from '@isometry/core';

/** What one request may cost before its images are looked at. */
export interface EdgeLimits {
  /** Largest request body in bytes, all files of a form together. */
  readonly maxBodyBytes: number;
  /** Most files in one form. */
  readonly maxFiles: number;
}

/**
 * 16 MiB: while a body is joined it is held twice, and 32 MiB beside MobileNet's 47 MB of WebAssembly
 * heap fit into a Worker's 128 MB. Phone photos have 2 to 8 MB.
 * 16 files: at about 100 ms each a request still ends within 2 s.
 */
export const DEFAULT_EDGE_LIMITS: EdgeLimits = { maxBodyBytes: 16 * 1024 * 1024, maxFiles: 16 };

/** Fills in the defaults. @throws `OPTION_INVALID` unless every limit is a positive integer */
export function resolveEdgeLimits(limits: Partial<EdgeLimits> = {}): EdgeLimits {
  const resolved = { ...DEFAULT_EDGE_LIMITS, ...limits };
  for (const name of ['maxBodyBytes', 'maxFiles'] as const) {
    if (!Number.isSafeInteger(resolved[name]) || resolved[name] < 1) {
      throw new IsometryError(
        'OPTION_INVALID',
        `limits.${name} must be a positive integer, not ${String(resolved[name])}.`,
        { hint: `Leave it out for ${DEFAULT_EDGE_LIMITS[name]}.`, details: { name } },
      );
    }
  }
  return resolved;
}
