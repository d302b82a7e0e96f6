import { TOLERANCE } from '../../login/tolerance.ts'
import { headerOf } from './ask.ts'
import { failure, pass, warning, type Check } from './check.ts'

/** Seconds. */
const NOTICEABLE = 10

export const clock: Check = {
  name: 'clock',
  title: 'Clock',
  network: true,
  async run({ wazzup }) {
    const asked = await wazzup()
    const date = asked.kind === 'answer' ? Date.parse(headerOf(asked.answer, 'date') ?? '') : Number.NaN
    if (asked.kind !== 'answer' || Number.isNaN(date)) {
      return warning(
        'there was no answer of Wazzup to compare it with',
        'See that Wazzup is reachable first.',
      )
    }
    const off = Math.round((asked.at.getTime() - date) / 1000)
    const words = `${Math.abs(off)} s ${off < 0 ? 'behind' : 'ahead of'} Wazzup's`
    const next = 'Have this machine set its clock by NTP.'
    // Both logins refuse then what is signed, as not valid yet or too old.
    if (Math.abs(off) > TOLERANCE)
      return failure(`${words}; logins and states are checked by the clock`, next)
    // The header has no parts of a second.
    if (Math.abs(off) <= 2) return pass("agrees with Wazzup's")
    return Math.abs(off) > NOTICEABLE ? warning(words, next) : pass(words)
  },
}
