import { AppError } from '../shared/app-error.ts'

const unknown = (message: string) =>
  new AppError(message, { code: 'unknown_connection', hint: 'List them: wauth connections list' })

export const unknownConnection = () => unknown('No such CRM account has ever been connected')

/** Nothing of the account is there: neither a connection nor an attempt. */
export const nothingKept = () => unknown('Nothing is kept of such a CRM account')
