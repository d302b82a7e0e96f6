import { failure, pass, skip, type Check } from './check.ts'

/** Wazzup's own limit. */
const LONGEST = 200

export const webhooks: Check = {
  name: 'webhooks',
  title: 'WEBHOOKS_URL',
  network: true,
  async run({ settings: { webhooksUrl: url }, ask }) {
    if (!url) return skip('not set: no address for webhooks will be registered')
    if (url.href.length > LONGEST) {
      return failure(
        `${url.href.length} characters long; Wazzup takes ${LONGEST}`,
        'Choose a shorter address.',
      )
    }
    const asked = await ask(url, { method: 'POST', body: { test: true } })
    if (asked.kind === 'silent') {
      return failure(
        `your handler does not answer: ${asked.why}`,
        asked.next ?? 'Start it where Wazzup can reach it, over https.',
      )
    }
    const { status } = asked.answer
    if (status === 200)
      return pass(`your handler answers 200 to {"test":true} (${url.href.length} characters)`)
    const redirect = status >= 300 && status < 400
    return failure(
      `your handler answers ${status} to {"test":true}; Wazzup wants exactly 200${redirect ? ', and follows no redirect' : ''}`,
      redirect
        ? 'Make WEBHOOKS_URL the address that the redirect leads to.'
        : 'Answer 200 to the test at once. It comes without Authorization, before there is a customer.',
    )
  },
}
