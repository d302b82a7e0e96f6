import { handoff } from './handoff/index.ts'
import { oidc } from './oidc/index.ts'
import type { LoginEngine } from './port.ts'

/** Every login method there is. A new one is a folder beside these and a place in this list. */
export const loginEngines: readonly LoginEngine[] = [oidc, handoff]
