import { AppError } from '../shared/app-error.ts'

/** A check of ours refused the answer of a login. */
export class LoginRefused extends AppError {
  constructor(code: string) {
    super('The answer of the login did not pass a check', { code })
  }
}
