import { withLogin } from '../with-login.ts'
import type { Check } from './check.ts'

export const login: Check = {
  name: 'login',
  title: 'Login',
  network: true,
  run: ({ settings }) => withLogin(settings, (method) => method.check()),
}
