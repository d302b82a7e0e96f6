import { AppError } from '../shared/app-error.ts'

/** What a log may say of an error. */
export interface ErrorFields {
  name: string
  code: string | null
  /** Ours only: foreign messages quote header values, URLs and SQL. */
  message?: string
  hint?: string
  /** Frames without the message line. */
  at: string[]
  cause?: ErrorFields
}

const FRAMES = 8
const DEPTH = 4

/** Reduces any thrown value to what is safe to log. See the canary test in `test/e2e/canary.test.ts`. */
export function errorFields(error: unknown, depth = 0): ErrorFields {
  if (!(error instanceof Error)) return { name: typeof error, code: null, at: [] }
  return {
    name: error.name,
    code: codeOf(error),
    ...(error instanceof AppError && { message: error.message }),
    ...(error instanceof AppError && error.hint !== undefined && { hint: error.hint }),
    at: framesOf(error),
    ...(error.cause !== undefined && depth < DEPTH && { cause: errorFields(error.cause, depth + 1) }),
  }
}

/** Codes are constants of the code that throws; anything that does not look like one is not repeated. */
function codeOf(error: Error): string | null {
  const code = 'code' in error ? error.code : null
  return typeof code === 'string' && /^[A-Za-z0-9_]{1,60}$/.test(code) ? code : null
}

const framesOf = (error: Error) =>
  (error.stack ?? '')
    // The message is quoted at the top of the stack, and may have lines that look like frames.
    .replace(error.message, '')
    .split('\n')
    .filter((line) => /^ {4}at /.test(line))
    .slice(0, FRAMES)
    .map((line) => line.trim())
