import { describeLoginMethod } from '../../contracts/login-method.ts'
import { testDeps } from '../deps.ts'
import { assertion, HEADER, proxy } from './engine.ts'

const secret = 'pR3xY7sEc9rEt2wItH5mAnY8cHaRs1zZ'
const anna = { sub: 'user-1', email: 'anna@crm.example', org: 'acme', org_name: 'Acme Travel', role: 'admin' }

describeLoginMethod('a login by a header', {
  identity: {
    ...{ userId: 'user-1', userName: 'anna@crm.example', role: 'admin' },
    ...{ crmAccountId: 'acme', crmAccountName: 'Acme Travel' },
  },
  asksPeer: false,
  async open({ allowedRoles } = {}) {
    const deps = testDeps()
    const texts = { PROXY_SECRET: secret, PROXY_ALLOWED_ROLES: allowedRoles }
    return {
      method: proxy.create(proxy.settings.parse(texts), deps),
      logIn: async ({ searchParams: params }) => ({
        params,
        headers: new Headers({ [HEADER]: await assertion(anna, secret) }),
      }),
      laterBy: deps.laterBy,
      keptBack: () => [secret],
      peer: null,
      close: async () => undefined,
    }
  },
})
