import { describeLoginMethod } from '../../contracts/login-method.ts'
import { startIssuer } from '../../support/oidc-issuer/start-issuer.ts'
import { openOidc } from './open-oidc.ts'

describeLoginMethod('oidc', {
  identity: {
    userId: 'user-1',
    userName: 'Anna Keller',
    crmAccountId: 'acme',
    crmAccountName: 'Acme Travel',
    role: 'admin',
  },
  asksPeer: true,
  async open({ allowedRoles, down = false } = {}) {
    const issuer = await startIssuer()
    issuer.script.down = down
    const { method, deps } = openOidc(issuer.url, { OIDC_ALLOWED_ROLES: allowedRoles })
    return {
      method,
      logIn: async (location) => ({ params: await issuer.logIn(location), headers: new Headers() }),
      laterBy: deps.laterBy,
      keptBack: (remember) => [(JSON.parse(remember) as { verifier: string }).verifier],
      peer: { comeUp: () => void (issuer.script.down = false), sockets: issuer.sockets },
      close: issuer.close,
    }
  },
})
