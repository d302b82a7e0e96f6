import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { openServer } from '../open-server.ts'
import { stylesheet } from '../pages/stylesheet.ts'
import { customers, type Customer } from './customers.ts'
import { usualControls, type ExportControls } from './export/controls.ts'
import type { Authenticate } from './handler/authenticate.ts'
import { createEvents, type Events, type ReceivedEvent } from './handler/events.ts'
import { createNewEntities } from './handler/new-entities.ts'
import { createTold, type ToldEvent } from './handler/told.ts'
import { createOutbox, type OutboxOptions } from './outbox.ts'
import { createProvider } from './provider.ts'
import { contactRoutes } from './routes/contacts.ts'
import { eventRoutes } from './routes/events.ts'
import { exportRoutes, type ExportRequest } from './routes/export.ts'
import { handoffRoutes } from './routes/handoff.ts'
import { loginRoutes } from './routes/login.ts'
import { oidcRoutes } from './routes/oidc.ts'
import { webhookRoutes } from './routes/webhooks.ts'

export interface DemoCrmOptions {
  /** 0 (default) = any free port. */
  port?: number
  /** How its URLs name the machine: `localhost` makes it, for a browser, another site than 127.0.0.1. */
  host?: '127.0.0.1' | 'localhost'
  /** Origin of the connector; people are sent back to `/wauth/callback` there. */
  connectorUrl: string
  /** Where people begin, for the page of a login that is over; by default the connector, which leads on. */
  startUrl?: string
  clientId: string
  clientSecret: string
  /** Signs hand-over tokens; without it there is no hand-over login. */
  handoffSecret?: string
  handoffReturn?: 'redirect' | 'form'
  /** False: account and role are told at the userinfo endpoint only. Default true. */
  claimsInIdToken?: boolean
  /** Claims that replace a user's own in both kinds of login, by `sub`; `undefined` leaves a claim out. */
  claims?: Record<string, Record<string, unknown>>
  /** Time of the hand-over tokens, and of what is noted. */
  now?: () => Date
  /** How the export behaves from the start; everything can be changed later by `crm.exports`. */
  exports?: Partial<ExportControls>
  /** Where it passes on what is changed in it; without it the next upload brings that. */
  changes?: OutboxOptions
  /** Tells whose webhook it is; without it every webhook but the test is refused. See `handler/authenticate.ts`. */
  authenticate?: Authenticate
}

/** A running CRM with two customers, an OpenID provider, a hand-over login, an export, a webhook handler, and a receiver of events. */
export interface DemoCrm {
  url: string
  issuer: string
  handoffLoginUrl: string
  customers: readonly Customer[]
  /** `{exportUrl}/{users|pipelines|contacts|deals}?account=&cursor=`, with the token as bearer. */
  exportUrl: string
  exportToken: string
  exports: ExportControls
  exportRequests: readonly ExportRequest[]
  /** Where Wazzup is to send its webhooks. */
  webhooksUrl: string
  /** The webhooks that were taken, of one customer or of all. */
  events(accountId?: string): ReceivedEvent[]
  /** Where the connector is to send its events, and what it signs them with. */
  eventsUrl: string
  eventsSecret: string
  /** The events of the connector that were taken, by their signature. */
  told(): readonly ToldEvent[]
  /** Shows people both, as they arrive. */
  eventsPage: string
  close(): Promise<void>
}

interface DemoParts {
  app: FastifyInstance
  url: string
  options: DemoCrmOptions
  now: () => Date
}

async function addLogins({ app, url, options, now }: DemoParts) {
  const { clientId, clientSecret, claims = {}, claimsInIdToken = true } = options
  const { origin } = new URL(options.connectorUrl)
  const client = { clientId, clientSecret, redirectUri: `${origin}/wauth/callback` }
  const startUrl = options.startUrl ?? `${origin}/wauth`
  const provider = await createProvider({ issuer: url, ...client, startUrl, claims, claimsInIdToken })
  await app.register(oidcRoutes, { provider })
  await app.register(loginRoutes, { provider, startUrl })
  if (!options.handoffSecret) return
  const terms = { secret: options.handoffSecret, issuer: url, audience: origin, claims, now }
  await app.register(handoffRoutes, { terms, handoffReturn: options.handoffReturn ?? 'redirect' })
}

async function addData({ app, url, options, now }: DemoParts) {
  const [controls, token] = [
    { ...usualControls(), ...options.exports },
    randomBytes(32).toString('base64url'),
  ]
  const [requests, events]: [ExportRequest[], Events] = [[], createEvents()]
  const authenticate = options.authenticate ?? (async () => ({ kind: 'unknown' as const }))
  await app.register(exportRoutes, { url, token, controls, requests, now })
  const outbox = options.changes ? createOutbox(options.changes) : null
  app.addHook('onClose', async () => outbox?.close())
  await app.register(contactRoutes, { url, controls, outbox })
  await app.register(webhookRoutes, { authenticate, events, created: createNewEntities(url), now })
  const told = createTold()
  await app.register(eventRoutes, { events, told, now })
  return {
    exportUrl: `${url}/export`,
    exportToken: token,
    exports: controls,
    exportRequests: requests,
    webhooksUrl: `${url}/wazzup/webhooks`,
    events: (accountId?: string) => events.of(accountId),
    eventsUrl: `${url}/wauth/events`,
    eventsSecret: told.secret,
    told: () => told.all(),
    eventsPage: `${url}/events`,
  }
}

/** Starts the demo CRM on 127.0.0.1. Close it when done. */
export async function startDemoCrm(options: DemoCrmOptions): Promise<DemoCrm> {
  const { app, url } = await openServer(options.port, options.host)
  const parts = { app, url, options, now: options.now ?? (() => new Date()) }
  await app.register(stylesheet)
  await addLogins(parts)
  const data = await addData(parts)
  await app.ready()
  const handoffLoginUrl = `${url}/handoff/login`
  return { url, issuer: url, handoffLoginUrl, customers, ...data, close: () => app.close() }
}
