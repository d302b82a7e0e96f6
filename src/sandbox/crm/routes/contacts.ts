import type { FastifyInstance, FastifyRequest } from 'fastify'
import { formBodies } from '../../pages/form-bodies.ts'
import { html } from '../../pages/html.ts'
import { sendPage } from '../../pages/send-page.ts'
import { wordsFor } from '../../pages/words.ts'
import { crmPage } from '../crm-page.ts'
import { contactById } from '../export/contact-by-id.ts'
import type { ExportControls } from '../export/controls.ts'
import type { Outbox } from '../outbox.ts'

export interface ContactRoutes {
  url: string
  controls: ExportControls
  /** Without one a new name waits for the next upload. */
  outbox: Outbox | null
}

type OneContact = FastifyRequest<{
  Params: { id: string }
  Querystring: { saved?: string }
  Body: { name?: string } | undefined
}>

const LONGEST = 200

/** The page of a contact, to which Wazzup's link leads: the contact can be renamed there. */
export async function contactRoutes(app: FastifyInstance, { url, controls, outbox }: ContactRoutes) {
  formBodies(app)
  app.get('/contacts/:id', (request: OneContact, reply) => {
    const contact = contactById(request.params.id, controls, url)
    if (!contact) return reply.code(404).send({ error: 'NOT_FOUND' })
    const words = wordsFor(request)
    const isSaved = request.query.saved !== undefined
    const form = html`<h1>${words.say('contact')}</h1>
      ${isSaved ? html`<p class="told" role="status">${words.say('saved')}</p>` : null}
      <form method="post">
        <label>${words.say('name')} <input name="name" value="${contact.row.name}" required /></label>
        <p class="actions"><button>${words.say('save')}</button></p>
      </form>`
    return sendPage(reply, crmPage(words, 'contact', form))
  })
  app.post('/contacts/:id', (request: OneContact, reply) => {
    const { id } = request.params
    const contact = contactById(id, controls, url)
    if (!contact) return reply.code(404).send({ error: 'NOT_FOUND' })
    const name = request.body?.name?.trim().slice(0, LONGEST) ?? ''
    // A browser lets a name of spaces through: there is nothing to save.
    if (name === '') return reply.redirect(`/contacts/${id}`, 303)
    controls.names.set(id, name)
    outbox?.upsert(contact.accountId, 'contacts', { ...contact.row, name })
    return reply.redirect(`/contacts/${id}?saved`, 303)
  })
}
