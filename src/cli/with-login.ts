import type { LoginMethod } from '../login/port.ts'
import type { Settings } from '../settings.ts'
import { systemClock, systemMonotonic } from '../shared/clock.ts'
import { systemRandom } from '../shared/random.ts'

/** Does a piece of work with the login method of the settings, and closes it whatever happens. Nobody can log in by it. */
export async function withLogin<T>(
  { login, publicUrl, development, wayOut }: Settings,
  work: (method: LoginMethod) => Promise<T>,
): Promise<T> {
  const method = login.create({
    publicUrl,
    allowHttpLoopback: development,
    wayOut,
    clock: systemClock,
    monotonic: systemMonotonic,
    random: systemRandom,
    // What it would log is in what a command says.
    log: { info: () => undefined },
    claimOnce: async () => false,
  })
  try {
    return await work(method)
  } finally {
    await method.close()
  }
}
