/** What an error has to say, and to whom: `code` and `hint` go to the log, nothing of it to a browser. */
export interface ErrorDetail {
  /** Stable, snake_case; what alerts and tests key on. */
  code: string
  /** What the operator should do next. */
  hint?: string
  cause?: unknown
}

/**
 * Base of all our errors. The message is our own text and never contains input, so it may be logged; messages of
 * foreign errors are not (they quote header values), see `observability/error-fields.ts`.
 */
export class AppError extends Error {
  readonly code: string
  readonly hint: string | undefined

  constructor(message: string, detail: ErrorDetail) {
    super(message, { cause: detail.cause })
    this.name = new.target.name
    this.code = detail.code
    this.hint = detail.hint
  }
}
