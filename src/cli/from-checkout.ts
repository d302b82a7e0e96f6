import { errorFields } from '../observability/error-fields.ts'
import { AppError } from '../shared/app-error.ts'

/**
 * Loads what stands on the sandbox, which comes with a checkout and not with the image.
 * @throws AppError where it is not there
 */
export async function fromCheckout<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (cause) {
    if (errorFields(cause).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new AppError('The demo and the sandbox are not part of this installation', {
      code: 'demo_missing',
      hint: 'Clone the repository, run npm ci there, then: npm run demo, or npm run wauth -- sandbox',
      cause,
    })
  }
}
