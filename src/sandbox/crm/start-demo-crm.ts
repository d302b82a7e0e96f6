import { openServer } from '../open-server.ts'
import { stylesheet } from '../pages/stylesheet.ts'
import { customers, type Customer } from './customers.ts'
import { createProvider } from './provider.ts'
import { handoffRoutes } from './routes/handoff.ts'
import { loginRoutes } from './routes/login.ts'
import { oidcRoutes } from './routes/oidc.ts'

export interface DemoCrmOptions {
  /** 0 (default) = any free port. */
  port?: number
  /** How its URLs name the machine: `localhost` makes it, for a browser, another site than 127.0.0.1. */
  host?: '127.0.0.1' | 'localhost'
  /** Origin of the connector; people are sent back to `/wauth/callback` there. */
  connectorUrl: string
  clientId: string
  clientSecret: string
  /** Signs hand-over tokens; without it there is no hand-over login. */
  handoffSecret?: string
  handoffReturn?: 'redirect' | 'form'
  /** False: account and role are told at the userinfo endpoint only. Default true. */
  claimsInIdToken?: boolean
  /** Claims that replace a user's own in both kinds of login, by `sub`; `undefined` leaves a claim out. */
  claims?: Record<string, Record<string, unknown>>
  /** Time of the hand-over tokens. */
  now?: () => Date
}

/** A running CRM with two customers, an OpenID provider, and a hand-over login. */
export interface DemoCrm {
  url: string
  issuer: string
  handoffLoginUrl: string
  customers: readonly Customer[]
  close(): Promise<void>
}

/** Starts the demo CRM on 127.0.0.1. Close it when done. */
export async function startDemoCrm(options: DemoCrmOptions): Promise<DemoCrm> {
  const { clientId, clientSecret, claims = {}, claimsInIdToken = true } = options
  const { origin } = new URL(options.connectorUrl)
  const { app, url } = await openServer(options.port, options.host)
  const redirectUri = `${origin}/wauth/callback`
  const client = { clientId, clientSecret, redirectUri }
  const provider = await createProvider({ issuer: url, ...client, claims, claimsInIdToken })

  await app.register(stylesheet)
  await app.register(oidcRoutes, { provider })
  await app.register(loginRoutes, { provider })
  if (options.handoffSecret) {
    const now = options.now ?? (() => new Date())
    const terms = { secret: options.handoffSecret, issuer: url, audience: origin, claims, now }
    await app.register(handoffRoutes, { terms, handoffReturn: options.handoffReturn ?? 'redirect' })
  }
  await app.ready()
  return { url, issuer: url, handoffLoginUrl: `${url}/handoff/login`, customers, close: () => app.close() }
}
