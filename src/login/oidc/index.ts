import { attemptIn, onlyValue } from '../attempt-tag.ts'
import type { LoginEngine } from '../port.ts'
import { roleMayConnect } from '../roles.ts'
import { begin } from './begin.ts'
import { check } from './check.ts'
import { complete } from './complete.ts'
import { createIssuer } from './issuer.ts'
import { judge } from './judge.ts'
import { senderOf } from './round-secrets.ts'
import { settings } from './settings.ts'

/** Login by OpenID Connect: the CRM has a provider, or uses one. */
export const oidc: LoginEngine<typeof settings> = {
  name: 'oidc',
  settings,
  create(settings, deps) {
    const issuer = createIssuer(settings, deps)
    const parts = { issuer, settings, deps }
    return {
      begin: (round) => begin(round, parts),
      attemptOf: ({ params }) => attemptIn(onlyValue(params, 'state')),
      senderOf: async (answer) => senderOf(answer),
      complete: (answer) => complete(answer, parts),
      mayConnect: (role) => roleMayConnect(settings.OIDC_ALLOWED_ROLES, role),
      health: issuer.health,
      check: () => check(parts),
      judge: (token) => judge(token, parts),
      close: issuer.close,
    }
  },
}
