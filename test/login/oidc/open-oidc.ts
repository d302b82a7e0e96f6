import { oidc } from '../../../src/login/oidc/index.ts'
import { settings } from '../../../src/login/oidc/settings.ts'
import type { LoginMethod } from '../../../src/login/port.ts'
import { clientId, clientSecret } from '../../support/oidc-issuer/start-issuer.ts'
import { testDeps, type TestDeps } from '../deps.ts'

/** The method as the composition makes it, out of settings as they stand in the environment. */
export function openOidc(
  issuer: string,
  more: Record<string, string | undefined> = {},
  deps = testDeps(),
): Opened {
  const texts = {
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: clientId,
    OIDC_CLIENT_SECRET: clientSecret,
    ...more,
  }
  return { method: oidc.create(settings.parse(texts), deps), deps }
}

export interface Opened {
  method: LoginMethod
  deps: TestDeps
}
