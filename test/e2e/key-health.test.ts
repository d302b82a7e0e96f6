import { expect, test } from 'vitest'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { minutes } from '../../src/shared/clock.ts'
import { connectorAtHand, type TestConnector } from '../support/connector.ts'
import { connectAccount, expectComplete, hurriedEnd, uploadEnd } from '../support/uploads.ts'

const manyContacts = () => connectorAtHand({ exports: { sizes: { acme: { contacts: 500, deals: 5 } } } })

const statusOf = async ({ store }: TestConnector) => (await store.connections.find('acme'))?.status

/** Ids of the contacts that Wazzup has taken, each as often as it was. */
const taken = ({ sandbox: { wazzup } }: TestConnector) =>
  wazzup.requests
    .filter(
      ({ method, path, answer }) => method === 'POST' && path === '/v3/contacts' && answer?.status === 200,
    )
    .flatMap(({ body }) => (JSON.parse(body) as { id: string }[]).map(({ id }) => id))

/** What was sent when, and what the log says of it: where something was sent twice, it tells why. */
const storyOf = ({ sandbox: { wazzup }, log }: TestConnector) => {
  const sent = wazzup.requests.map(
    ({ method, path, at, answer, body }) =>
      `${at.toISOString()} ${method} ${path} ${answer?.status} ${answer?.fault ?? ''} ${body.slice(0, 40)}`,
  )
  const logged = log.lines().filter(({ event }) => /^(upload|keys|worker|storage)\./.test(String(event)))
  return [...sent, ...logged.map((line) => JSON.stringify(line))].join('\n')
}

test('a 401 by mistake stops nothing, whether it can be asked again at once or not', async () => {
  const connector = await manyContacts()
  const { wazzup, crm } = connector.sandbox
  wazzup.faultsOn('POST', '/v3/users').push(fault.refuse(401))
  wazzup.faultsOn('POST', '/v3/contacts').push(fault.refuse(401))
  wazzup.faultsOn('GET', '/v3/channels').push(fault.unavailable(), fault.unavailable())
  await connectAccount(connector)
  expect(await hurriedEnd(connector)).toMatchObject({ status: 'done' })
  await expectComplete(crm, wazzup.account())
  expect(await statusOf(connector)).toBe('connected')
  expect(connector.log.events('keys.invalid')).toEqual([])
})

/** How Wazzup may refuse a key that its customer has ended, and takes it again. */
const CLOSINGS: [string, (connector: TestConnector) => void, (connector: TestConnector) => void][] = [
  [
    '401',
    ({ sandbox: { wazzup } }) => {
      wazzup.revokeKey()
    },
    ({ sandbox: { wazzup } }) => {
      wazzup.reviveKey()
    },
  ],
  [
    '403 on every route',
    ({ sandbox: { wazzup } }) => (wazzup.switches.closedRoutes = ['/v3/']),
    ({ sandbox: { wazzup } }) => (wazzup.switches.closedRoutes = []),
  ],
]

test.each(CLOSINGS)(
  'an upload stopped by a refused key, %s, goes on by itself once the key is taken again, and sends nothing twice',
  async (_, close, open) => {
    const connector = await manyContacts()
    const { wazzup, crm } = connector.sandbox
    wazzup.faultsOn('POST', '/v3/contacts').push(fault.slow(1), fault.slow(500))
    await connectAccount(connector)
    await expect.poll(() => wazzup.account().contacts.size, { interval: 5 }).toBeGreaterThan(0)
    close(connector)
    expect(await uploadEnd(connector)).toMatchObject({ status: 'failed', reason: 'key_refused' })
    expect(await statusOf(connector)).toBe('invalid')
    expect(wazzup.account().contacts.size).toBeLessThan(500)
    open(connector)
    await connector.moveTime(minutes(1))
    await expect.poll(() => statusOf(connector)).toBe('connected')
    expect(await uploadEnd(connector)).toMatchObject({ status: 'done', reason: null })
    await expectComplete(crm, wazzup.account())
    expect(taken(connector), storyOf(connector)).toHaveLength(500)
    expect(new Set(taken(connector)).size).toBe(500)
  },
)
