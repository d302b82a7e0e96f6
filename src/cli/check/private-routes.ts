import { z } from 'zod'
import { parseJson } from '../../shared/parse-json.ts'
import { headerOf, type Asked } from './ask.ts'
import { isOurs } from './address.ts'
import { failure, pass, skip, type Check } from './check.ts'

export const privateRoutes: Check = {
  name: 'private-routes',
  title: 'Internal listener',
  network: true,
  async run({ settings: { publicUrl }, ask, home }) {
    if (!isOurs(await home())) return skip('this service did not answer')
    const [ready, lookup] = await Promise.all([
      ask(new URL('/readyz', publicUrl)),
      ask(new URL('/v1/keys/lookup', publicUrl), { method: 'POST', body: {} }),
    ])
    const seen = [isReadiness(ready) ? '/readyz' : null, isProblem(lookup) ? '/v1/keys/lookup' : null].filter(
      (path) => path !== null,
    )
    return seen.length === 0
      ? pass('not to be seen from outside')
      : failure(
          `${publicUrl.origin} leads to it: ${seen.join(', ')}`,
          'Have the reverse proxy pass on to PORT only, never to INTERNAL_PORT.',
        )
  },
}

// Others may answer at these addresses, too: a host is often shared with the CRM. These are our own words.
const Readiness = z.object({ status: z.string(), stopping: z.boolean(), parts: z.object({}) })

const isReadiness = (asked: Asked) =>
  asked.kind === 'answer' && Readiness.safeParse(parseJson(asked.answer.body)).success

const isProblem = (asked: Asked) =>
  asked.kind === 'answer' &&
  headerOf(asked.answer, 'content-type')?.startsWith('application/problem+json') === true
