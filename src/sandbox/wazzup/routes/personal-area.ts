import type { FastifyInstance, FastifyReply } from 'fastify'
import { sendPage } from '../../pages/send-page.ts'
import { wordsFor } from '../../pages/words.ts'
import { marketplacePage, type MarketplacePage } from '../marketplace-page.ts'
import { sendOff } from '../send-off.ts'
import type { World } from '../world.ts'

type View = Pick<MarketplacePage, 'accountId' | 'complaint'>

/** The marketplace as a client sees it, and what its "Connect" button does. */
export function personalArea(app: FastifyInstance, world: World) {
  const show = (reply: FastifyReply, view: View) => {
    const words = wordsFor(reply.request)
    const [modules, connection] = [world.modules.all(), world.connections.ofAccount(view.accountId)]
    return sendPage(reply, {
      ...{ words, title: words.say('integration'), theme: 'wazzup', brand: 'Wazzup' },
      body: marketplacePage({ ...view, modules, connection }, words),
    })
  }

  app.get<{ Querystring: { accountId?: string } }>('/', (request, reply) =>
    show(reply, { accountId: request.query.accountId ?? world.visitor.accountId, complaint: null }),
  )

  const connect = async (reply: FastifyReply, fields: URLSearchParams) => {
    const accountId = fields.get('accountId') ?? world.visitor.accountId
    const click = { crmCode: fields.get('crmCode') ?? '', typed: fields.get('domain') ?? '', accountId }
    const target = await sendOff(world, click)
    if (target.kind === 'refused') return show(reply.code(400), { accountId, complaint: target.why })
    return reply.redirect(target.address, 302)
  }
  app.post<{ Body: string | undefined }>('/marketplace/connect', (request, reply) =>
    connect(reply, new URLSearchParams(request.body)),
  )
  app.get<{ Querystring: Record<string, string> }>('/marketplace/connect', (request, reply) =>
    connect(reply, new URLSearchParams(request.query)),
  )
}
