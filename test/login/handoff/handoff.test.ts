import { describeLoginMethod } from '../../contracts/login-method.ts'
import { crmSecret, handoffToken, startKeySet, startLoginPage } from './crm.ts'
import { openHandoff } from './open-handoff.ts'

const identity = {
  userId: 'user-1',
  userName: 'Anna Keller',
  crmAccountId: 'acme',
  crmAccountName: 'Acme Travel',
  role: 'admin',
}

const requestIn = (location: URL) => location.searchParams.get('request') ?? ''

describeLoginMethod('handoff with a shared secret', {
  identity,
  asksPeer: false,
  async open({ allowedRoles } = {}) {
    const page = await startLoginPage()
    const { method, deps } = openHandoff({
      HANDOFF_LOGIN_URL: page.url,
      HANDOFF_SECRET: crmSecret,
      HANDOFF_ALLOWED_ROLES: allowedRoles,
    })
    return {
      method,
      async logIn(location) {
        const token = await handoffToken({ request: requestIn(location) })
        return { params: new URLSearchParams({ token }), headers: new Headers() }
      },
      laterBy: deps.laterBy,
      keptBack: () => [crmSecret],
      peer: null,
      close: page.close,
    }
  },
})

describeLoginMethod('handoff with a key set', {
  identity,
  asksPeer: true,
  async open({ allowedRoles, down = false } = {}) {
    const keySet = await startKeySet({ down })
    const page = await startLoginPage()
    const { method, deps } = openHandoff({
      HANDOFF_LOGIN_URL: page.url,
      HANDOFF_JWKS_URL: keySet.url,
      HANDOFF_ALLOWED_ROLES: allowedRoles,
    })
    return {
      method,
      async logIn(location) {
        const { alg, kid, privateKey: key } = keySet.key()
        const token = await handoffToken({ request: requestIn(location), header: { alg, kid }, key })
        return { params: new URLSearchParams({ token }), headers: new Headers() }
      },
      laterBy: deps.laterBy,
      keptBack: () => [],
      peer: { comeUp: () => void (keySet.script.down = false), sockets: keySet.sockets },
      async close() {
        await Promise.all([keySet.close(), page.close()])
      },
    }
  },
})
