import { AppError } from '../shared/app-error.ts'

export const unknownConnection = () =>
  new AppError('No such CRM account has ever been connected', {
    code: 'unknown_connection',
    hint: 'List them: wauth connections list',
  })
