import { describe, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src/shared/clock.ts'
import type { Switches } from '../../src/sandbox/wazzup/switches.ts'
import { createAuthorizedCall } from '../../src/wazzup/authorized-call.ts'
import { createWazzupClient } from '../../src/wazzup/client.ts'
import { createEntities } from '../../src/wazzup/entities.ts'
import { aContact, aDeal, aPipeline, aUser, connectedWazzup, many } from '../sandbox/wazzup/connected.ts'

async function entitiesAt(switches: Partial<Switches>) {
  const { wazzup, apiKey, call } = await connectedWazzup({ switches })
  const client = createWazzupClient({ apiUrl: new URL(wazzup.url), deadline: 5000, maxAnswer: 65536 })
  onTestFinished(() => client.close())
  const load = async (kind: string, rows: object[]) => {
    for (let from = 0; from < rows.length; from += 100)
      await call('POST', `/v3/${kind}`, rows.slice(from, from + 100))
  }
  const entities = createEntities(createAuthorizedCall(client, systemClock))
  return {
    wazzup,
    load,
    ids: (kind: 'users' | 'pipelines') => entities.ids(kind, apiKey),
    count: (kind: 'users' | 'contacts' | 'deals') => entities.count(kind, apiKey),
  }
}

test.each(['array', 'enveloped'] as const)('pipelines are read as a list: %s', async (pipelinesList) => {
  const { load, ids } = await entitiesAt({ pipelinesList })
  await load('pipelines', [aPipeline('1'), aPipeline('2')])
  expect(await ids('pipelines')).toEqual({ kind: 'read', ids: new Set(['1', '2']) })
})

test.each(['array', 'counted'] as const)('users are read, all of them: %s', async (usersList) => {
  const { load, ids } = await entitiesAt({ usersList })
  await load('users', many(250, aUser))
  expect(await ids('users')).toMatchObject({ kind: 'read', ids: { size: 250 } })
})

describe("Wazzup's own count", () => {
  test.each([
    ['contacts', {}, 230, 230],
    ['deals', {}, 230, 230],
    ['users', {}, 230, 230],
    ['users', { usersList: 'counted' }, 230, 230],
    ['contacts', {}, 0, 0],
    // Of this answer alone, perhaps.
    ['deals', { dealsCount: 'in-answer' }, 230, null],
    ['deals', {}, 30, null],
    ['users', {}, 200, null],
  ] as const)('of %s, %j, %i of them, says %j', async (kind, switches, size, told) => {
    const { load, count } = await entitiesAt(switches)
    await load(kind, many<object>(size, kind === 'users' ? aUser : kind === 'deals' ? aDeal : aContact))
    expect(await count(kind)).toBe(told)
  })

  test('that cannot be read says nothing', async () => {
    const { wazzup, count } = await entitiesAt({ closedRoutes: ['/v3/contacts'] })
    expect(await count('contacts')).toBeNull()
    Object.assign(wazzup.switches, { closedRoutes: [], answerBody: 'half-gzip' })
    expect(await count('contacts')).toBeNull()
  })
})
