import { describe, expect, test } from 'vitest'
import {
  formTokenOf,
  isExpired,
  isOpen,
  mayLogInAgain,
  moves,
  type Shown,
} from '../../src/connect/attempt.ts'
import { minutes } from '../../src/shared/clock.ts'
import type { Attempt, AttemptMove } from '../../src/store/port.ts'
import { identityOf, newAttempt } from '../support/attempts.ts'

const attempt = (more: Partial<Attempt> = {}): Attempt => ({
  ...newAttempt('the state'),
  ...{ id: 'A'.repeat(22), status: 'arrived', reason: null, login: null, identity: null },
  expiresIn: minutes(10),
  ...more,
})

describe('the moves', () => {
  const waysOf = ({ from, to }: AttemptMove) => from.map((status) => `${status} → ${to}`)
  const identity = identityOf('acme')

  test.each<[keyof typeof moves, AttemptMove, string[]]>([
    ['startLogin', moves.startLogin('round'), ['arrived → arrived']],
    ['restartLogin', moves.restartLogin('round'), ['identifying → arrived']],
    [
      'startOver',
      moves.startOver('round'),
      ['arrived → arrived', 'identifying → arrived', 'identified → arrived', 'failed → arrived'],
    ],
    ['takeAnswer', moves.takeAnswer(), ['arrived → identifying']],
    ['identify', moves.identify(identity), ['identifying → identified']],
    ['forgetLogin', moves.forgetLogin('peer_unreachable'), ['identifying → arrived']],
    ['fail', moves.fail('login_failed', 'token_expired'), ['identifying → failed', 'identified → failed']],
    ['cancel', moves.cancel(), ['identified → cancelled']],
    ['cancelLogin', moves.cancelLogin('access_denied'), ['identifying → cancelled']],
    ['logInAfterAll', moves.logInAfterAll('round'), ['cancelled → arrived']],
  ])('%s', (_name, move, ways) => {
    expect(waysOf(move)).toEqual(ways)
  })

  test('are all in this table', () => {
    expect(Object.keys(moves)).toHaveLength(10)
  })

  test('a login under way is not replaced by another tab, only when the person asks for it', () => {
    expect(moves.startLogin('round').onlyWithoutLogin).toBe(true)
    expect(moves.startOver('round').onlyWithoutLogin).toBeUndefined()
  })

  test('whoever starts over is nobody yet', () => {
    expect(moves.startOver('round').set).toEqual({ login: 'round', identity: null })
  })

  test.each([
    ['identify', moves.identify(identity)],
    ['forgetLogin', moves.forgetLogin('peer_unreachable')],
    ['fail', moves.fail('not_allowed', 'role_not_allowed')],
    ['cancelLogin', moves.cancelLogin('access_denied')],
  ])('%s forgets the login, so that its answer is never checked again', (_name, move) => {
    expect(move.set?.login).toBeNull()
  })
})

describe('time', () => {
  const open = ['arrived', 'identifying', 'identified'] as const
  const decided = ['confirmed', 'cancelled', 'failed'] as const

  test.each(open)('%s: open to the last moment, then expired', (status) => {
    expect(isOpen(attempt({ status, expiresIn: 1 }))).toBe(true)
    expect(isExpired(attempt({ status, expiresIn: 1 }))).toBe(false)
    expect(isOpen(attempt({ status, expiresIn: 0 }))).toBe(false)
    expect(isExpired(attempt({ status, expiresIn: 0 }))).toBe(true)
  })

  test.each(decided)('%s: neither open nor ever expired', (status) => {
    for (const expiresIn of [minutes(10), 1, 0, -minutes(60)]) {
      expect(isOpen(attempt({ status, expiresIn }))).toBe(false)
      expect(isExpired(attempt({ status, expiresIn }))).toBe(false)
    }
  })
})

describe('another login', () => {
  test.each<[string, Partial<Attempt>, boolean]>([
    ['while it is open', { status: 'identified' }, true],
    ['after a login that failed', { status: 'failed', reason: 'login_failed' }, true],
    ['after a login that is set up wrongly', { status: 'failed', reason: 'login_misconfigured' }, true],
    ['after a role that may not connect', { status: 'failed', reason: 'not_allowed' }, true],
    ['after a state that belongs elsewhere', { status: 'failed', reason: 'state_used_elsewhere' }, false],
    ['after cancelling the login', { status: 'cancelled' }, true],
    ['after cancelling on the confirm page', { status: 'cancelled', identity: identityOf('acme') }, false],
    ['after confirming', { status: 'confirmed' }, false],
  ])('%s: %o → %s', (_when, more, may) => {
    expect(mayLogInAgain(attempt({ ...more, expiresIn: 1 }))).toBe(may)
    expect(mayLogInAgain(attempt({ ...more, expiresIn: 0 }))).toBe(false)
  })
})

describe('the token of a form', () => {
  const shown: Shown = { browserSecret: 'the browser', replaces: 'none' }
  const identity = identityOf('acme')
  const tokenOf = (more: Partial<Attempt> = {}, of: Partial<Shown> = {}) =>
    formTokenOf(attempt({ status: 'identified', identity, ...more }), { ...shown, ...of })

  test('is the same whenever the same page is shown', () => {
    expect(tokenOf({ expiresIn: 0, status: 'confirmed' })).toBe(tokenOf())
  })

  test.each([
    ['browser', tokenOf({}, { browserSecret: 'another browser' })],
    ['attempt', tokenOf({ id: 'B'.repeat(22) })],
    ['user', tokenOf({ identity: { ...identity, userId: 'somebody-else' } })],
    ['account', tokenOf({ identity: { ...identity, crmAccountId: 'nordwind' } })],
    ['replaced connection', tokenOf({}, { replaces: '1795435200000' })],
    ['person, for nobody', tokenOf({ identity: null })],
  ])('is another one for another %s', (_what, token) => {
    // Behind the dot, as what is before it can be read and written by anybody.
    expect(token.split('.')[1]).not.toBe(tokenOf().split('.')[1])
  })

  test('does not mix up where a user ends and an account begins', () => {
    const [one, two] = [
      { userId: 'a","b', crmAccountId: 'c' },
      { userId: 'a', crmAccountId: 'b","c' },
    ].map((ids) => tokenOf({ identity: { ...identity, ...ids } }))
    expect(one).not.toBe(two)
  })
})
