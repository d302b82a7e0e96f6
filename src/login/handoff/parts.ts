import type { LoginDeps } from '../port.ts'
import type { Keys } from './keys.ts'
import type { HandoffSettings } from './settings.ts'

/** What both ends of a leg work with. */
export interface HandoffParts {
  keys: Keys
  settings: HandoffSettings
  deps: LoginDeps
}
