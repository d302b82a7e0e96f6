import type { FastifyInstance, FastifyReply } from 'fastify'
import { sendPage } from '../../pages/send-page.ts'
import { marketplacePage } from '../marketplace-page.ts'
import { sendOff } from '../send-off.ts'
import type { World } from '../world.ts'

interface View {
  accountId: string
  complaint: string | null
}

/** The marketplace as a client sees it, and what its "Connect" button does. */
export function personalArea(app: FastifyInstance, world: World) {
  const show = (reply: FastifyReply, view: View) =>
    sendPage(reply, {
      title: 'Integration with CRM',
      theme: 'wazzup',
      brand: 'Wazzup',
      body: marketplacePage({
        ...view,
        modules: world.modules.all(),
        connection: world.connections.ofAccount(view.accountId),
      }),
    })

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
