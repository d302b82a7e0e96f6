import type { LoginDeps } from '../port.ts'
import type { Keys } from './trusted-keys.ts'
import type { HandoffSettings } from './settings.ts'

/** What both ends of a round work with. */
export interface HandoffParts {
  keys: Keys
  settings: HandoffSettings
  deps: LoginDeps
}
