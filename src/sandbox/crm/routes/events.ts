import { readFile } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import { html, type Html } from '../../pages/html.ts'
import { sendPage } from '../../pages/send-page.ts'
import { wordsFor, type Word, type Words } from '../../pages/words.ts'
import { crmPage } from '../crm-page.ts'
import type { Events, ReceivedEvent } from '../handler/events.ts'
import type { Told, ToldEvent } from '../handler/told.ts'

export interface EventRoutes {
  /** Of Wazzup, by its webhooks. */
  events: Events
  /** Of the connector. */
  told: Told
  now: () => Date
}

/** How many of the latest are shown. */
const SHOWN = 100

/** `POST /wauth/events` for the connector, and a page that shows what it and Wazzup have sent, as it arrives. */
export async function eventRoutes(app: FastifyInstance, { events, told, now }: EventRoutes) {
  const script = await readFile(new URL('../../pages/assets/console.js', import.meta.url), 'utf8')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body)
  })

  app.post<{ Body: string | undefined }>('/wauth/events', (request, reply) =>
    reply.code(told.take(request.headers, request.body ?? '', now()) ? 204 : 401).send(),
  )

  app.get('/assets/console.js', (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(script),
  )

  app.get('/events', (request, reply) => {
    const words = wordsFor(request)
    const page = crmPage(words, 'arrived', arrived(words, events.of(), told.all()))
    return sendPage(reply, { ...page, script: '/assets/console.js' })
  })
}

const arrived = (words: Words, events: readonly ReceivedEvent[], told: readonly ToldEvent[]): Html =>
  html`<h1>${words.say('arrived')}</h1>
    <div id="live" aria-live="polite">
      ${list(words, 'told_events', told.map(ofConnector))} ${list(words, 'events', events.map(ofWazzup))}
    </div>`

interface Row {
  what: string
  about: string
  at: Date
}

const ofWazzup = ({ accountId, at, payload }: ReceivedEvent): Row => ({
  ...{ what: Object.keys(payload).join(', '), about: accountId, at },
})

/** Ids that are in every event say nothing to people. */
const IN_EVERY_EVENT = ['crmAccountId', 'connectionId', 'wazzupAccountId', 'generation', 'sequence']

function ofConnector({ type, at, data }: ToldEvent): Row {
  const facts = Object.entries(data).filter(([name]) => !IN_EVERY_EVENT.includes(name))
  const own = facts.map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
  const { crmAccountId } = data
  return { what: type, about: [typeof crmAccountId === 'string' ? crmAccountId : '–', ...own].join(', '), at }
}

const list = (words: Words, title: Word, rows: readonly Row[]): Html =>
  html`<h2>${words.say(title)}</h2>
    ${rows
      .slice(-SHOWN)
      .reverse()
      .map(
        ({ what, about, at }) =>
          html`<section class="card">
            <div class="about">
              <h3>${what}</h3>
              <p class="soft">${about}, ${at.toISOString().slice(0, 19).replace('T', ' ')} UTC</p>
            </div>
          </section>`,
      )}
    ${rows.length > 0 ? null : html`<p>${words.say('none_yet')}</p>`}`
