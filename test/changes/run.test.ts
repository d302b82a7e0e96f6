import { describe, expect, test } from 'vitest'
import { acceptChanges } from '../../src/changes/accept.ts'
import { minutes, seconds } from '../../src/shared/clock.ts'
import type { CallOutcome } from '../../src/wazzup/authorized-call.ts'
import { connected } from '../support/attempts.ts'
import { changesAtHand, contact, DONE, gone, refused, user } from '../support/changes-at-hand.ts'

const many = (n: number) => Array.from({ length: n }, (_, i) => contact(`c-${i}`))
const INVALID = 'INVALID_CONTACTS_DATA'

test('changes go in the order of kinds, a hundred in one request', async () => {
  const { put, turn, requests, standing } = await changesAtHand()
  await put(gone('users', 'u-9'), ...many(150), user('u-1'), gone('deals', 'd-9'), gone('contacts', 'x-9'))
  await turn()
  expect(requests.map((one) => [one.split(' ').slice(0, 2).join(' '), one.split(' ').length - 2])).toEqual([
    ...[
      ['upsert users', 1],
      ['upsert contacts', 100],
      ['upsert contacts', 50],
    ],
    ...[
      ['delete deals', 1],
      ['delete contacts', 1],
      ['delete users', 1],
    ],
  ])
  expect(await standing()).toMatchObject({ waiting: 0, sent: 154, rejected: 0, waitsFor: null })
})

describe('what cannot be sent', () => {
  test('is a reject with its reason: by our rules, by Wazzup, or a part of it alone', async () => {
    const answer = (_: string, ids: string[]) => (ids.includes('c-2') ? refused(INVALID) : DONE)
    const { put, untilNothingWaits, rejects, standing } = await changesAtHand({ answer })
    await put(
      contact('c-1', { uri: 'no link' }),
      contact('c-2'),
      contact('c-3', { name: '' }),
      contact('c-4'),
    )
    await untilNothingWaits()
    expect((await rejects()).sort()).toEqual([
      'upsert contacts c-1 uri_left_out',
      `upsert contacts c-2 refused:${INVALID}`,
      'upsert contacts c-3 name_missing',
    ])
    expect(await standing()).toMatchObject({ sent: 2, rejected: 2 })
  })

  test('deletes are told, too; one that is not there counts as done', async () => {
    const answer = (_: string, ids: string[]) => (ids.includes('c-2') ? refused('BROKEN') : DONE)
    const { put, untilNothingWaits, rejects } = await changesAtHand({ answer })
    await put(gone('contacts', 'c-1'), gone('contacts', 'c-2'), gone('contacts', 'c-3'))
    await untilNothingWaits()
    expect(await rejects()).toEqual(['delete contacts c-2 refused:BROKEN'])
  })

  test('users beyond the thousand that an account may have are told', async () => {
    const users = Array.from({ length: 999 }, (_, i) => `u-${i}`)
    const { put, untilNothingWaits, rejects } = await changesAtHand({ users })
    await put(user('u-1', { name: 'Anna' }), user('one-more'), user('too-many'))
    await untilNothingWaits()
    expect(await rejects()).toEqual(['upsert users too-many too_many'])
  })

  test('is no row where the route is closed to the key: all of the kind is told', async () => {
    const answer = (request: string): CallOutcome =>
      request.includes('contacts') ? { kind: 'forbidden', status: 403, code: null } : DONE
    const { put, untilNothingWaits, rejects, standing } = await changesAtHand({ answer })
    await put(contact('c-1'), contact('c-2'), user('u-1'))
    await untilNothingWaits()
    expect(await rejects()).toEqual(['upsert contacts c-1 not_open', 'upsert contacts c-2 not_open'])
    expect(await standing()).toMatchObject({ sent: 1, rejected: 2 })
  })

  test('is nobody who may be innocent: while Wazzup refuses all alike, they wait', async () => {
    let isBad = true
    const { put, turn, untilNothingWaits, rejects, standing } = await changesAtHand({
      answer: () => (isBad ? refused('ACCOUNT_BLOCKED') : DONE),
    })
    await put(...many(150))
    await turn()
    expect(await standing()).toMatchObject({ waiting: 150, rejected: 0, waitsFor: 'refused:ACCOUNT_BLOCKED' })
    isBad = false
    await untilNothingWaits()
    expect(await rejects()).toEqual([])
  })
})

describe('when it does not go on', () => {
  const slow: CallOutcome = { kind: 'unavailable', status: 503, code: 'server_error', maybeDone: true }

  test('they wait for Wazzup longer and longer, say so, and are never given up', async () => {
    let isAway = true
    const { put, turn, pass, standing, requests, untilNothingWaits } = await changesAtHand({
      answer: () => (isAway ? slow : DONE),
    })
    await put(user('u-1'))
    for (let tries = 0; tries < 300; tries += 1) {
      await turn()
      pass(minutes(1))
    }
    expect(await standing()).toMatchObject({ waiting: 1, waitsFor: 'server_error', oldest: minutes(300) })
    expect(requests.length).toBeLessThan(320)
    isAway = false
    await untilNothingWaits()
    expect(await standing()).toMatchObject({ waiting: 0, sent: 1 })
  })

  test('a refused key pauses them, and nothing is lost of them', async () => {
    let isRefused = true
    const { store, put, turn, standing, untilNothingWaits, requests, deps } = await changesAtHand({
      answer: () => (isRefused ? { kind: 'key_refused', status: 401, code: null } : DONE),
    })
    await put(user('u-1'))
    await turn()
    expect((await store.connections.find('acme'))?.status).toBe('invalid')
    expect(await standing()).toMatchObject({ waiting: 1, waitsFor: 'key_refused' })
    expect(await turn()).toBe(false)
    isRefused = false
    const key = await store.keys.current('acme')
    await store.connections.noteHealth(key?.generationId ?? '', 'valid', deps.clock())
    await untilNothingWaits()
    expect(requests).toHaveLength(2)
  })

  test('others have their turn after some seconds; a batch that is half sent goes on where it stood', async () => {
    const answer = (_: string, ids: string[]) => (ids.some((id) => /7$/.test(id)) ? refused(INVALID) : DONE)
    const [fast, slow] = [
      await changesAtHand({ answer }),
      await changesAtHand({ answer, sendTakes: seconds(4) }),
    ]
    for (const at of [fast, slow]) await at.put(...many(100))
    expect(await fast.untilNothingWaits()).toBe(1)
    expect(await slow.untilNothingWaits()).toBeGreaterThan(20)
    expect(slow.requests).toHaveLength(fast.requests.length)
    expect((await slow.rejects()).sort()).toEqual((await fast.rejects()).sort())
  })

  test('one row over which Wazzup breaks down does not keep the others', async () => {
    const { put, untilNothingWaits, rejects, standing } = await changesAtHand({
      answer: (_, ids) => (ids.includes('c-3') ? slow : DONE),
    })
    await put(...many(10))
    await untilNothingWaits()
    expect(await rejects()).toEqual(['upsert contacts c-3 refused:503'])
    expect(await standing()).toMatchObject({ sent: 9 })
  })
})

test('a change that comes while its id is on its way is sent after it', async () => {
  const around: { put: () => Promise<unknown> } = { put: async () => null }
  const names: unknown[] = []
  const at = await changesAtHand()
  const { upsert } = at.deps
  at.deps.upsert = async (kind, rows, apiKey) => {
    names.push(...rows.map((row) => ('name' in row ? row.name : null)))
    await around.put()
    return upsert(kind, rows, apiKey)
  }
  around.put = async () => {
    around.put = async () => null
    return at.put(user('u-1', { name: 'Anna' }))
  }
  await at.put(user('u-1'))
  await at.untilNothingWaits()
  expect(names).toEqual(['Ann', 'Anna'])
})

test('a customer with much to send keeps nobody waiting', async () => {
  const at = await changesAtHand({ sendTakes: 100 })
  for (let from = 0; from < 5000; from += 1000)
    await at.put(...Array.from({ length: 1000 }, (_, i) => contact(`c-${from + i}`)))
  const others = Array.from({ length: 20 }, (_, i) => `customer-${i}`)
  for (const account of others) {
    await connected(at.store, account, `key-of-${account}`)
    await acceptChanges(account, [user('u-1')], at.deps)
  }
  at.pass(1)
  for (let turns = 0; turns < 1 + others.length; turns += 1) await at.turn()
  const left = await Promise.all(others.map((account) => at.store.changes.find(account)))
  expect(left.map((one) => one?.waiting)).toEqual(others.map(() => 0))
  expect((await at.standing())?.waiting).toBeGreaterThan(1000)
})
