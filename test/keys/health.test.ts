import { describe, expect, test } from 'vitest'
import type { AuthorizedCall, CallOutcome } from '../../src/wazzup/authorized-call.ts'
import { confirmingRefusals } from '../../src/keys/health.ts'
import { createKeyProbe } from '../../src/wazzup/key-health.ts'

const DONE: CallOutcome = { kind: 'done', status: 200, body: undefined }
const DOWN: CallOutcome = { kind: 'unavailable', status: 503, code: 'server_error', maybeDone: true }
const REFUSED: CallOutcome = { kind: 'key_refused', status: 401, code: null }
const FORBIDDEN: CallOutcome = { kind: 'forbidden', status: 403, code: 'FORBIDDEN' }

/** A Wazzup that gives these answers, one after the other; tells what it was asked. */
function answering(...answers: CallOutcome[]) {
  const asked: string[] = []
  const call: AuthorizedCall = async ({ method, path, apiKey }) => {
    asked.push(`${method} ${path} ${apiKey}`)
    return answers.shift() ?? DONE
  }
  return { asked, call: confirmingRefusals(call) }
}

describe('an apiKey that is refused on a route', () => {
  const IN_DOUBT = { kind: 'unavailable', code: 'key_in_doubt' }
  const onContacts = { method: 'POST', path: '/v3/contacts', apiKey: 'key' } as const

  test.each<[string, CallOutcome[], object]>([
    ['401, and on the cheapest read, too', [REFUSED, REFUSED], { kind: 'key_refused', status: 401 }],
    ['401, then 403 on the cheapest read', [REFUSED, FORBIDDEN], { kind: 'key_refused', status: 401 }],
    ['403, and on the cheapest read, too', [FORBIDDEN, FORBIDDEN], { kind: 'key_refused', status: 403 }],
    ['401 by mistake', [REFUSED, DONE], IN_DOUBT],
    ['401, and nobody knows more', [REFUSED, DOWN], IN_DOUBT],
    ['403, and nobody knows more', [FORBIDDEN, DOWN], IN_DOUBT],
  ])('%s', async (_, answers, outcome) => {
    const { call, asked } = answering(...answers)
    expect(await call(onContacts)).toMatchObject(outcome)
    expect(asked).toEqual(['POST /v3/contacts key', 'GET /v3/channels key'])
  })

  test.each<[string, CallOutcome, object]>([
    ['403 on that route alone, each time', FORBIDDEN, FORBIDDEN],
    ['403 by mistake', DONE, DONE],
    ['403, and then no answer', DOWN, DOWN],
    ['403, then 401', REFUSED, IN_DOUBT],
  ])('%s, while the cheapest read is answered: the route is asked once more', async (_, second, outcome) => {
    const { call, asked } = answering(FORBIDDEN, DONE, second)
    expect(await call(onContacts)).toMatchObject(outcome)
    expect(asked).toEqual(['POST /v3/contacts key', 'GET /v3/channels key', 'POST /v3/contacts key'])
  })

  test('any other answer is taken as it is', async () => {
    const { call, asked } = answering(DOWN)
    expect(await call(onContacts)).toEqual(DOWN)
    expect(asked).toHaveLength(1)
  })
})

describe('trying an apiKey', () => {
  test.each<[string, CallOutcome[], object]>([
    ['refused twice', [REFUSED, REFUSED], { health: 'invalid', status: 401 }],
    ['refused once', [REFUSED, DONE], { health: 'unknown' }],
    ['closed once', [FORBIDDEN, DONE, DONE], { health: 'valid' }],
    ['closed, and then no answer', [FORBIDDEN, DONE, DOWN], { health: 'unknown' }],
    ['taken', [DONE], { health: 'valid', status: 200 }],
    ['no answer', [DOWN], { health: 'unknown', status: 503 }],
    [
      'nothing let through',
      [{ kind: 'unavailable', status: null, code: 'breaker_open', maybeDone: false, heldBack: 9 }],
      { health: 'unknown', heldBack: 9 },
    ],
  ])('%s', async (_, answers, health) => {
    expect(await createKeyProbe(answering(...answers).call)('key')).toMatchObject(health)
  })
})
