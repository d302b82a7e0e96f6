import { errors } from 'jose'
import { PeerUnavailable } from './bounded-fetch.ts'

/** A set that cannot be read says nothing about the token: not the person's fault, and worth another try. */
export async function readable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    const unreadable =
      error instanceof errors.JWKSInvalid || (error as { code?: unknown }).code === 'ERR_JOSE_GENERIC'
    throw unreadable ? new PeerUnavailable('key_set_unusable', {}, error) : error
  }
}
