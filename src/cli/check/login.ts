import { systemClock, systemMonotonic } from '../../shared/clock.ts'
import { systemRandom } from '../../shared/random.ts'
import type { Check } from './check.ts'

export const login: Check = {
  name: 'login',
  title: 'Login',
  network: true,
  async run({ settings }) {
    const method = settings.login.create({
      publicUrl: settings.publicUrl,
      allowHttpLoopback: settings.development,
      clock: systemClock,
      monotonic: systemMonotonic,
      random: systemRandom,
      // What it would log is in what the check says.
      log: { info: () => undefined },
      // Nobody logs in here.
      claimOnce: async () => false,
    })
    try {
      return await method.check()
    } finally {
      await method.close()
    }
  },
}
