// The one error of an operation that failed. Code decides on `code` and `retry`, never on the message. The message is
// one sentence for the person who has to act: what is wrong, where, what to do.

/** Every code, with the HTTP status that it becomes in a server's single error boundary. */
export const ERROR_STATUS = {
  bad_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  too_many_requests: 429,
  internal: 500,
  upstream_unreachable: 502,
  unavailable: 503,
  timeout: 504,
  bad_configuration: 500,
  data_directory_locked: 500,
  migration_edited: 500,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

export interface AppErrorOptions {
  /** Whether the same operation may succeed when it is tried again. Default: false. */
  retry?: boolean;
  cause?: unknown;
}

export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly retry: boolean;

  constructor(code: ErrorCode, message: string, { retry = false, cause }: AppErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retry = retry;
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }
}

/** The message of anything thrown, for a log line. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
