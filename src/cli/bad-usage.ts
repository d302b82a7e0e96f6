import { AppError } from '../shared/app-error.ts'

/** What was typed makes no sense, in a way that only the command itself can see. */
export class BadUsage extends AppError {
  constructor(message: string, hint: string) {
    super(message, { code: 'bad_usage', hint })
  }
}
