import { describe, expect, onTestFinished, test } from 'vitest'
import { LEASE } from '../../src/connect/lease.ts'
import { createBrowser } from '../../src/sandbox/browser/create-browser.ts'
import { minutes } from '../../src/shared/clock.ts'
import { connectorAtHand, pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { fillableDatabase } from '../support/fillable-database.ts'
import { heldAnswersAtHand } from '../support/held-answers.ts'

type Ending = keyof ReturnType<Awaited<ReturnType<typeof heldAnswersAtHand>>['hold']>

/** The service on a disk that is full at one commit of the exchange, and free again later. */
async function start() {
  const database = await fillableDatabase()
  if (!database) return null
  onTestFinished(async () => {
    await database.remove()
  })
  const { options, hold } = await heldAnswersAtHand()
  const env = { ...options.env, DATABASE_URL: database.url }
  const connector = await connectorAtHand({ ...options, env })
  const { wazzup } = connector.sandbox
  const passes = async (ms: number) => {
    await connector.moveTime(ms)
    await database.moveTime(ms)
  }
  /** What the customer has before: nothing, or a connection. */
  const before = async (isReconnect: boolean) => {
    if (!isReconnect) return
    const { browser } = await walkToConfirm(connector)
    await pressConfirm(browser)
    expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
  }
  /** Presses the button, and fills the disk before Wazzup's answer is there, or lost. */
  const pressAndFill = async ({ state, ending = 'letGo' }: { state?: string; ending?: Ending } = {}) => {
    const { browser, state: token } = await walkToConfirm(connector, {
      browser: createBrowser(),
      ...(state !== undefined && { state }),
    })
    const calls = () => wazzup.connects().filter((call) => call.state === token)
    const known = calls().length
    const held = hold()
    const page = pressConfirm(browser).catch(() => null)
    await expect.poll(() => calls().length, { interval: 5 }).toBe(known + 1)
    await database.fill()
    held[ending]()
    await page
    return { browser, calls }
  }
  return { connector, database, wazzup, passes, before, pressAndFill }
}

type Started = NonNullable<Awaited<ReturnType<typeof start>>>

const soon = (browser: Awaited<ReturnType<Started['pressAndFill']>>['browser']) =>
  expect.poll(async () => resultOf(browser).catch(() => null), { timeout: 60_000 })

/** The newest apiKey of the simulator belongs to the newest crmKey, and the look-up says so. */
async function expectNewestKey({ connector, wazzup }: Started) {
  const made = wazzup.connections().at(-1)
  expect(await connector.keyOf(made?.crmKey ?? '')).toMatchObject({
    keyStatus: 'current',
    apiKey: made?.apiKey,
  })
}

const NO_DISK = 'only root may mount a small file system'

describe.each([
  { what: 'the first connect', isReconnect: false, tags: [] },
  { what: 'a reconnect', isReconnect: true, tags: ['long'] },
])('a disk that is full, in $what,', ({ isReconnect, tags }) => {
  test('at the claim: told, nothing is spent, and the next press connects', { tags }, async ({ skip }) => {
    const at = await start()
    if (!at) return skip(NO_DISK)
    await at.before(isReconnect)
    const { browser, state } = await walkToConfirm(at.connector, { browser: createBrowser() })
    const address = browser.page.url
    await at.database.fill()
    expect((await pressConfirm(browser)).status).toBe(503)
    await at.database.free()
    expect(at.wazzup.connects().filter((call) => call.state === state)).toEqual([])
    await browser.get(address)
    await pressConfirm(browser)
    await soon(browser).toMatchObject({ status: 'connected' })
    await expectNewestKey(at)
  })

  test(
    'when the key is there: connected when there is room again, and Wazzup was asked once',
    { tags },
    async ({ skip }) => {
      const at = await start()
      if (!at) return skip(NO_DISK)
      await at.before(isReconnect)
      const { browser, calls } = await at.pressAndFill()
      expect(await resultOf(browser)).toMatchObject({ status: 'pending' })
      await at.database.free()
      await soon(browser).toMatchObject({ status: 'connected' })
      expect(calls()).toHaveLength(1)
      await expectNewestKey(at)
    },
  )

  test('when a refusal is there: it has an end when there is room again', { tags }, async ({ skip }) => {
    const at = await start()
    if (!at) return skip(NO_DISK)
    await at.before(isReconnect)
    const state = await at.wazzup.mintState()
    await useUp(at, state)
    const { browser } = await at.pressAndFill({ state })
    await at.database.free()
    await at.passes(LEASE + minutes(1))
    await soon(browser).toMatchObject({ status: 'failed' })
  })

  test('when an answer was lost: settled when there is room again', { tags }, async ({ skip }) => {
    const at = await start()
    if (!at) return skip(NO_DISK)
    await at.before(isReconnect)
    at.wazzup.switches.stateReuse = 'same-key'
    const { browser } = await at.pressAndFill({ ending: 'breakOff' })
    await at.database.free()
    await at.passes(LEASE + minutes(1))
    await soon(browser).toMatchObject({ status: 'connected' })
    await expectNewestKey(at)
  })
})

/** Somebody else has sent this state already. */
async function useUp({ connector, wazzup }: Started, state: string) {
  const secret = connector.settings.wazzup.secret.reveal()
  const answer = await fetch(`${wazzup.url}/v3/connect`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ state, secret, crmKey: 'a-key-of-somebody-else-0123456789', name: 'Somebody' }),
  })
  expect(answer.status).toBe(200)
}
