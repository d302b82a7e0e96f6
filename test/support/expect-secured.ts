import { expect } from 'vitest'
import { SECURITY_HEADERS } from '../../src/http/public/security-headers.ts'

/** Every answer has them. */
export function expectSecured(headers: Headers) {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) expect(headers.get(name)).toBe(value)
}
