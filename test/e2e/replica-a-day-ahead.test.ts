import { expect, test } from 'vitest'
import { createBrowser } from '../../src/sandbox/browser/create-browser.ts'
import { hours, minutes } from '../../src/shared/clock.ts'
import { pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { lookUp } from '../support/internal-at-hand.ts'
import { replicasAtHand } from '../support/replicas.ts'

test('a replica whose clock is a day ahead ends no attempt and no grace, and what it writes lasts no longer', async () => {
  const at = await replicasAtHand(2, { wrong: hours(25) })
  const [right, ahead] = at.replicas
  if (!right || !ahead) throw new Error('there are two')
  const only = (one: typeof right, other: typeof right) => {
    at.takeOut(other)
    if (!at.live().includes(one)) at.putIn(one)
  }
  const connected = async (browser: ReturnType<typeof createBrowser>) => {
    await pressConfirm(browser)
    await expect.poll(() => resultOf(browser)).toMatchObject({ status: 'connected' })
    return at.sandbox.wazzup.connections().at(-1)?.crmKey
  }
  const says = async (crmKey: unknown) =>
    Promise.all(
      [right, ahead].map(async ({ internalUrl: url }) => (await lookUp({ url }, crmKey)).body?.['keyStatus']),
    )

  // Opened by the one whose clock is right, which the login needs, and confirmed at the other.
  only(right, ahead)
  const { browser } = await walkToConfirm(at)
  only(ahead, right)
  const first = await connected(browser)

  // The other way round.
  const other = createBrowser()
  await other.get(`${at.url}/wauth?state=${encodeURIComponent(await at.sandbox.wazzup.mintState())}`)
  const login = other.page.forms.find((form) => 'user' in form.fields || 'user' in form.choices)
  only(right, ahead)
  if (login) await other.submit(login, { user: 'acme-admin' })
  const second = await connected(other)

  // A third one, so that the grace of the second is written by the one that is ahead.
  const last = await walkToConfirm(at, { browser: createBrowser() })
  only(ahead, right)
  const third = await connected(last.browser)
  for (const passed of [0, hours(24) - minutes(5)]) {
    await at.database.moveTime(passed)
    expect([await says(first), await says(second), await says(third)]).toEqual([
      ...[
        ['previous', 'previous'],
        ['previous', 'previous'],
      ],
      ['current', 'current'],
    ])
  }
  await at.database.moveTime(minutes(10))
  expect([await says(first), await says(second), await says(third)]).toEqual([
    ...[
      [undefined, undefined],
      [undefined, undefined],
    ],
    ['current', 'current'],
  ])
})
