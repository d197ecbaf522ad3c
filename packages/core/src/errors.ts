import { ERROR_CODES, type ErrorCode } from './error-codes.ts';

/** What an {@link IsometryError} carries besides its code and message. */
export interface IsometryErrorOptions {
  /** What the reader can do about it, as one imperative sentence. */
  readonly hint?: string;
  /** The error that led here. */
  readonly cause?: unknown;
  /** The things that failed, by name: JSON values only, so that the error can cross a wire. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * The only error that Isometry throws on purpose. Branch on `code`, show `message` and `hint`.
 *
 * @example
 * try {
 *   await classifier.classify(bytes);
 * } catch (error) {
 *   if (isIsometryError(error) && error.code === 'IMAGE_TRUNCATED') askForAnotherPhoto();
 *   else throw error;
 * }
 */
export class IsometryError extends Error {
  override readonly name = 'IsometryError' as const;
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: IsometryErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.details = options.details ?? {};
  }

  /** The form that crosses a worker, a process or HTTP. `cause` stays behind: it may hold paths. */
  toJSON(): SerializedError {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      details: this.details,
    };
  }
}

/** An {@link IsometryError} as JSON. */
export interface SerializedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * Tells whether `value` is an {@link IsometryError}. It goes by name and code, not by `instanceof`:
 * two copies of this package can be installed, and errors cross workers and realms.
 */
export function isIsometryError(value: unknown): value is IsometryError {
  return (
    value instanceof Error &&
    value.name === 'IsometryError' &&
    'code' in value &&
    typeof value.code === 'string' &&
    Object.hasOwn(ERROR_CODES, value.code)
  );
}

/** Throws `ABORTED` with the signal's reason as cause when `signal` is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw new IsometryError('ABORTED', 'The operation was aborted.', { cause: signal.reason });
  }
}
