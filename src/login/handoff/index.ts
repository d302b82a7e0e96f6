import type { LoginEngine } from '../port.ts'
import { roleMayConnect } from '../roles.ts'
import { begin } from './begin.ts'
import { check } from './check.ts'
import { complete } from './complete.ts'
import { judge } from './judge.ts'
import { createKeys } from './trusted-keys.ts'
import { senderOf } from './sender.ts'
import { settings } from './settings.ts'
import { attemptOf } from './token.ts'

/** Login by a signed hand-over, for a CRM that has no OpenID provider. */
export const handoff: LoginEngine<typeof settings> = {
  name: 'handoff',
  settings,
  create(settings, deps) {
    const keys = createKeys(settings, deps)
    const parts = { keys, settings, deps }
    return {
      begin: async (round) => begin(round, parts),
      attemptOf: ({ params }) => attemptOf(params),
      senderOf: (answer) => senderOf(answer, parts),
      complete: (answer) => complete(answer, parts),
      mayConnect: (role) => roleMayConnect(settings.HANDOFF_ALLOWED_ROLES, role),
      health: keys.health,
      check: () => check(parts),
      judge: (token) => judge(token, parts),
      close: keys.close,
    }
  },
}
