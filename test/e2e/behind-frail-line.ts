import { expect } from 'vitest'
import { visit } from '../support/visit.ts'
import { connectorFor, pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { fixtureFor } from '../support/fixture.ts'
import { lookUp, TOKEN } from '../support/internal-at-hand.ts'
import { startFrailLine } from '../support/postgres/frail-line.ts'
import { testDatabase } from '../support/postgres/test-database.ts'

/** What a caller may be kept waiting by a database that does not answer. */
const PATIENCE = 5000

/** Asks, and says how long it took. */
export async function timed<T extends { status: number }>(asked: Promise<T>) {
  const began = performance.now()
  const answer = await asked
  expect(performance.now() - began).toBeLessThan(PATIENCE)
  return answer
}

interface Options {
  /** Where the database is, if not on the server of the run. */
  server?: () => string
  /** As whom the connector comes, who gets the rights that a running service needs. */
  user?: string
}

/** For each test a connector on a PostgreSQL database of its own, by a line that the test may break. */
export function behindFrailLine({ server, user }: Options = {}) {
  const database = fixtureFor('each', async () => {
    const made = await testDatabase(server ? { server: server() } : {})
    if (user !== undefined) await made.query(rightsOf(user))
    return { ...made, stop: made.remove }
  })
  const line = fixtureFor('each', async () => {
    const { hostname, port } = new URL(database.url)
    const made = await startFrailLine({ host: hostname, port: Number(port) })
    return { ...made, stop: () => made.close() }
  })
  const connector = connectorFor('each', async () => {
    const address = new URL(database.url)
    address.port = String(line.port)
    if (user !== undefined) address.username = user
    return { env: { DATABASE_URL: address.href, INTERNAL_TOKEN: TOKEN } }
  })

  const internal = () => ({ url: connector.internalUrl })
  const calls = (state: string) => connector.sandbox.wazzup.connects().filter((call) => call.state === state)

  /** Connects an account, and gives its crmKey. */
  async function install(user = 'acme-admin') {
    const { browser } = await walkToConfirm(connector, { user })
    await pressConfirm(browser)
    await expect.poll(async () => (await resultOf(browser)).status).toBe('connected')
    return connector.sandbox.wazzup.connections().at(-1)?.crmKey ?? ''
  }

  /** Look-up, readiness and a new install, while the database cannot be used: said in time, and honestly. */
  async function expectAway(crmKey: string) {
    const [found, ready, landing] = await Promise.all([
      timed(lookUp(internal(), crmKey)),
      timed(fetch(`${connector.internalUrl}/readyz`)),
      timed(visit(`${connector.url}/wauth?state=${await connector.sandbox.wazzup.mintState()}`)),
    ])
    expect([found.status, ready.status, landing.status]).toEqual([503, 503, 503])
    expect(landing.headers.get('retry-after')).toMatch(/^\d+$/)
  }

  /** Served again by the same process, as soon as somebody asks. */
  async function expectBack(crmKey: string) {
    await expect.poll(async () => (await lookUp(internal(), crmKey)).status).toBe(200)
    expect((await fetch(`${connector.internalUrl}/readyz`)).status).toBe(200)
    expect(await lookUp(internal(), await install('nordwind-admin'))).toMatchObject({
      ...{ status: 200, body: { crmAccountId: 'nordwind', generation: 1 } },
    })
  }

  return { database, line, connector, internal, calls, install, expectAway, expectBack }
}

/** A role that owns nothing, with the rights that a running service needs. */
const rightsOf = (user: string) => `
  CREATE ROLE ${user} LOGIN PASSWORD 'wauth';
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${user};
  GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${user}`
