import { expect, test } from 'vitest'
import { connectorFor, pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'

const connector = connectorFor('all')

/** The states that acme confirms, each once; tells the results and the names that Wazzup was given. */
async function connectTimes(times: number) {
  const { wazzup } = connector.sandbox
  const results: unknown[] = []
  const names: string[] = []
  for (let time = 0; time < times; time += 1) {
    const state = await wazzup.mintState({ accountId: '55550001' })
    const { browser } = await walkToConfirm(connector, { user: 'acme-admin', state })
    await pressConfirm(browser)
    const { status, reason } = await resultOf(browser)
    results.push(reason ?? status)
    names.push(...new Set(wazzup.connects().flatMap((call) => (call.state === state ? [call.name] : []))))
  }
  return { results, names }
}

test('a name that another account has is refused twice, then it is told apart, and stays so', async () => {
  const { wazzup } = connector.sandbox
  const first = await connectTimes(1)
  const [name = ''] = first.names
  expect(first.results).toEqual(['connected'])
  wazzup.switches.names = 'unique'
  // The same name, in another Wazzup account.
  const [mine] = wazzup.connections()
  Object.assign(await wazzup.connectDirectly(), { name, accountId: '999' })
  expect(mine?.accountId).toBe('55550001')
  const { results, names } = await connectTimes(4)
  expect(results).toEqual(['state_refused', 'state_refused', 'connected', 'connected'])
  expect(names.slice(0, 2)).toEqual([name, name])
  expect(names[2]).toMatch(new RegExp(`^${name} [0-9a-f]{6}$`))
  expect(names[3]).toBe(names[2])
})
