import { isOurs } from './address.ts'
import { failure, pass, skip, type Check } from './check.ts'

export const privateRoutes: Check = {
  name: 'private-routes',
  title: 'Internal listener',
  network: true,
  async run({ settings: { publicUrl }, ask, home }) {
    if (!isOurs(await home())) return skip('this service did not answer')
    const asked = await ask(new URL('/readyz', publicUrl))
    return asked.kind === 'answer' && asked.answer.status === 404
      ? pass('not to be seen from outside')
      : failure(
          `${publicUrl.origin}/readyz answers, which only the internal listener does`,
          'Have the reverse proxy pass on to PORT only, never to INTERNAL_PORT.',
        )
  },
}
