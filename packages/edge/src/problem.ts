import { ERROR_CODES, isIsometryError, type ErrorCode } from '@isometry/core';
import { ERROR_STATUS } from './error-status.ts';

/** An error as RFC 9457 problem details. */
export interface Problem {
  /** `urn:isometry:error:CODE`, or `about:blank` for an error that Isometry does not know. */
  readonly type: string;
  /** What the type means; the same for every occurrence. */
  readonly title: string;
  readonly status: number;
  /** What was wrong with this request. Absent from 5xx: it could name files of the server. */
  readonly detail?: string;
  /** What the client can do about it. */
  readonly hint?: string;
  readonly code?: ErrorCode;
}

/**
 * Describes an error to the client. A 5xx carries the code at most: messages, hints, causes and
 * stacks of internal errors stay inside.
 */
export function toProblem(error: unknown): Problem {
  if (!isIsometryError(error)) {
    return { type: 'about:blank', title: 'Internal Server Error', status: 500 };
  }
  const status = ERROR_STATUS[error.code];
  return {
    type: `urn:isometry:error:${error.code}`,
    title: ERROR_CODES[error.code],
    status,
    ...(status < 500 && { detail: error.message }),
    ...(status < 500 && error.hint !== undefined && { hint: error.hint }),
    code: error.code,
  };
}

/** Answers with `application/problem+json`. */
export function problemResponse(problem: Problem): Response {
  return Response.json(problem, {
    status: problem.status,
    headers: { 'Content-Type': 'application/problem+json' },
  });
}
