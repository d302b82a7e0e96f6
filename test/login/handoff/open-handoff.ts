import { handoff } from '../../../src/login/handoff/index.ts'
import { settings } from '../../../src/login/handoff/settings.ts'
import type { LoginMethod } from '../../../src/login/port.ts'
import { testDeps, type TestDeps } from '../deps.ts'
import { crmIssuer, loginUrl } from './crm.ts'

/** The method as the composition makes it, out of settings as they stand in the environment. */
export function openHandoff(texts: Record<string, string | undefined>, deps = testDeps()): OpenedHandoff {
  const given = { HANDOFF_LOGIN_URL: loginUrl, HANDOFF_ISSUER: crmIssuer, ...texts }
  return { method: handoff.create(settings.parse(given), deps), deps }
}

export interface OpenedHandoff {
  method: LoginMethod
  deps: TestDeps
}
