import type { LoginDeps } from '../port.ts'
import type { Issuer } from './issuer.ts'
import type { OidcSettings } from './settings.ts'

/** What both ends of a round work with. */
export interface OidcParts {
  issuer: Issuer
  settings: OidcSettings
  deps: LoginDeps
}
