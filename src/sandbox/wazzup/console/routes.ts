import { readFile } from 'node:fs/promises'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { sendPage } from '../../pages/send-page.ts'
import type { World } from '../world.ts'
import { actions } from './actions.ts'
import { masked } from './masked.ts'
import { consolePage, type Told } from './page.ts'

/** How many of the latest requests are shown. */
const SHOWN = 50

/** Another name of this address would let a page elsewhere read what is shown here. */
const isLocal = ({ headers }: FastifyRequest): boolean =>
  /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? '')

/** A page elsewhere may have the browser send a form here. */
const isOurs = (request: FastifyRequest): boolean =>
  isLocal(request) && ['same-origin', 'none', undefined].includes(request.headers['sec-fetch-site'])

/** What a vendor looks at while their own set-up talks to this Wazzup. Only the calls of the API are shown, not visits of pages. */
export async function consoleRoutes(app: FastifyInstance, world: World) {
  const script = await readFile(new URL('../../pages/assets/console.js', import.meta.url), 'utf8')
  let told: Told | null = null

  app.get('/assets/console.js', (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(script),
  )

  app.get<{ Querystring: { accountId?: string } }>('/console', (request, reply) => {
    if (!isLocal(request)) return reply.code(403).send()
    const accountId = request.query.accountId ?? world.visitor.accountId
    const calls = world.recorder.requests.filter(({ path }) => path.startsWith('/v3/'))
    return sendPage(reply, {
      ...{ title: 'Behind the scenes', theme: 'wazzup', brand: 'Wazzup', script: '/assets/console.js' },
      body: consolePage({
        account: world.accounts.of(accountId),
        connection: world.connections.ofAccount(accountId),
        requests: calls.slice(-SHOWN).reverse().map(masked),
        answersToLose: world.routeFaults.on('POST', '/v3/connect').length,
        told,
      }),
    })
  })

  app.post<{ Params: { action: string }; Body: string | undefined }>(
    '/console/:action',
    async (request, reply) => {
      const action = Object.hasOwn(actions, request.params.action) && actions[request.params.action]
      if (!action) return reply.code(404).send()
      if (!isOurs(request)) return reply.code(403).send()
      const accountId = new URLSearchParams(request.body).get('accountId') ?? world.visitor.accountId
      told = await action(world, accountId)
      return reply.redirect(`/console?accountId=${encodeURIComponent(accountId)}`, 303)
    },
  )
}
