import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { formBodies } from '../../pages/form-bodies.ts'
import { html } from '../../pages/html.ts'
import { sendPage } from '../../pages/send-page.ts'
import { wordsFor } from '../../pages/words.ts'
import { crmPage } from '../crm-page.ts'
import { personBySub } from '../customers.ts'
import { handoffToken, type HandoffTerms } from '../handoff-token.ts'
import { loginPage, type LoginPage } from '../login-page.ts'

export interface HandoffRoutes {
  terms: HandoffTerms
  /** How the token travels: in the address, or in a form that the person sends on. */
  handoffReturn: 'redirect' | 'form'
}

interface Ask {
  request: string
  returnTo: string
}

type Fields = Record<string, string | undefined> | undefined

/** What a link or a form asks for; null when it does not lead back to us: a token must never go elsewhere. */
function readAsk(fields: Fields, audience: string): Ask | null {
  const [request = '', returnTo = ''] = [fields?.['request'], fields?.['return_to']]
  const ours = URL.parse(returnTo)?.origin === audience
  return ours && request !== '' && request.length <= 512 ? { request, returnTo } : null
}

function refuse(reply: FastifyReply) {
  const words = wordsFor(reply.request)
  const body = html`<h1>${words.say('cannot_log_in')}</h1>
    <p>${words.say('unknown_service')}</p>`
  return sendPage(reply.code(400), crmPage(words, 'cannot_log_in', body))
}

const show = (reply: FastifyReply, ask: Ask, complaint: LoginPage['complaint'] = null) => {
  const words = wordsFor(reply.request)
  const hidden = { request: ask.request, return_to: ask.returnTo }
  const body = loginPage({ action: '/handoff/login', cancel: null, hidden, complaint }, words)
  return sendPage(reply, crmPage(words, 'log_in', body))
}

function redirectBack(reply: FastifyReply, returnTo: string, token: string) {
  const url = new URL(returnTo)
  url.searchParams.set('token', token)
  return reply.redirect(url.href, 302)
}

const sendForm = (reply: FastifyReply, returnTo: string, token: string) => {
  const words = wordsFor(reply.request)
  const body = html`<h1>${words.say('logged_in')}</h1>
    <form class="actions" method="post" action="${returnTo}">
      <input type="hidden" name="token" value="${token}" />
      <button>${words.say('continue')}</button>
    </form>`
  return sendPage(reply, crmPage(words, 'logged_in', body))
}

/** The hand-over login of a CRM that has no OpenID provider. */
export async function handoffRoutes(app: FastifyInstance, { terms, handoffReturn }: HandoffRoutes) {
  const sendBack = handoffReturn === 'redirect' ? redirectBack : sendForm
  formBodies(app)

  app.get('/handoff/login', (request: FastifyRequest<{ Querystring: Fields }>, reply) => {
    const ask = readAsk(request.query, terms.audience)
    return ask ? show(reply, ask) : refuse(reply)
  })
  app.post('/handoff/login', async (request: FastifyRequest<{ Body: Fields }>, reply) => {
    const ask = readAsk(request.body, terms.audience)
    if (!ask) return refuse(reply)
    const person = personBySub(request.body?.['user'] ?? '')
    if (!person) return show(reply.code(400), ask, 'pick_one')
    return sendBack(reply, ask.returnTo, await handoffToken(terms, person, ask.request))
  })
}
