import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { errors, type InteractionResults, type Provider } from 'oidc-provider'
import { formBodies } from '../../pages/form-bodies.ts'
import { sendPage } from '../../pages/send-page.ts'
import { wordsFor } from '../../pages/words.ts'
import { crmPage } from '../crm-page.ts'
import { personBySub } from '../customers.ts'
import { loginPage, type LoginPage } from '../login-page.ts'
import { oidcErrorPage } from '../oidc-error-page.ts'

type Login = FastifyRequest<{ Body: Record<string, string> | undefined }>
type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>

function show(reply: FastifyReply, uid: string, complaint: LoginPage['complaint'] = null) {
  const words = wordsFor(reply.request)
  const form = { action: `/login/${uid}`, cancel: `/login/${uid}/cancel`, hidden: {}, complaint }
  return sendPage(reply, crmPage(words, 'log_in', loginPage(form, words)))
}

/** When somebody else was logged in, the provider would log them out by a page that works with scripts only. */
async function forgetOther(provider: Provider, session: Interaction['session'], sub: string) {
  if (!session || session.accountId === sub) return
  const stored = await provider.Session.findByUid(session.uid)
  if (!stored) return
  Object.assign(stored, { accountId: undefined, authorizations: undefined })
  await stored.persist()
}

/** The pages that the provider sends a person to when it has to know who they are. */
export async function loginRoutes(
  app: FastifyInstance,
  { provider, startUrl }: { provider: Provider; startUrl: string },
) {
  const details = (request: Login, reply: FastifyReply) => provider.interactionDetails(request.raw, reply.raw)
  const settle = (request: Login, reply: FastifyReply, result: InteractionResults) =>
    provider.interactionResult(request.raw, reply.raw, result)

  formBodies(app)
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof errors.SessionNotFound)
      return sendPage(reply.code(400), oidcErrorPage(wordsFor(request), startUrl))
    throw error
  })
  app.get('/login/:uid', async (request: Login, reply) => {
    const { uid } = await details(request, reply)
    return show(reply, uid)
  })
  app.post('/login/:uid', async (request: Login, reply) => {
    const { session, uid } = await details(request, reply)
    const person = personBySub(request.body?.['user'] ?? '')
    if (!person) return show(reply.code(400), uid, 'pick_one')
    const location = await settle(request, reply, { login: { accountId: person.sub } })
    await forgetOther(provider, session, person.sub)
    return reply.redirect(location, 303)
  })
  app.post('/login/:uid/cancel', async (request: Login, reply) => {
    const refusal = { error: 'access_denied', error_description: 'The person cancelled the login' }
    return reply.redirect(await settle(request, reply, refusal), 303)
  })
}
