import { systemClock } from '../../shared/clock.ts'
import { systemRandom } from '../../shared/random.ts'
import { failure, pass, type Check } from './check.ts'

export const login: Check = {
  name: 'login',
  title: 'Login',
  network: true,
  async run({ settings }) {
    const method = settings.login.create({
      publicUrl: settings.publicUrl,
      allowHttpLoopback: settings.development,
      clock: systemClock,
      random: systemRandom,
      // What it would log is in the detail of the check.
      log: { info: () => undefined },
      // Nobody logs in here.
      claimOnce: async () => false,
    })
    try {
      const { ok, detail, hint } = await method.check()
      return ok ? pass(detail) : failure(detail, hint ?? 'Check the settings of the login.')
    } finally {
      await method.close()
    }
  },
}
