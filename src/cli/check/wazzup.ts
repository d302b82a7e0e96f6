import { failure, pass, warning, type Check } from './check.ts'

export const wazzup: Check = {
  name: 'wazzup',
  title: 'Wazzup',
  network: true,
  async run({ settings, wazzup: ask }) {
    const { origin } = settings.wazzup.apiUrl
    const asked = await ask()
    if (asked.kind === 'silent') {
      return failure(
        `${origin} cannot be reached: ${asked.why}`,
        asked.next ?? 'Let this machine make https connections to it, or mend WAZZUP_API_URL.',
      )
    }
    const { status } = asked.answer
    // Without a key there is only one right answer to this question.
    if (status === 401) return pass(`${origin} answers`)
    if (status >= 500 || status === 429) {
      return warning(`${origin} answers, but with status ${status}`, 'Wait, and run this check again.')
    }
    return failure(
      `what answers at ${origin} is not Wazzup's API (status ${status})`,
      'Remove WAZZUP_API_URL; it is only for tests.',
    )
  },
}
