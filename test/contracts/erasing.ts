import { describe, expect, test } from 'vitest'
import { after, hours, minutes } from '../../src/shared/clock.ts'
import type { Store } from '../../src/store/port.ts'
import { connected, identified, keyFor, newExchange, NOON } from '../support/attempts.ts'
import {
  confirmedBy,
  connectedBy,
  everywhere,
  loggedIn,
  personOf,
  refused,
  textsOf,
} from '../support/persons.ts'

const OPERATOR = { userId: 'operator', userName: 'Olga', address: '192.0.2.1' }

/** How every store erases the persons of a connection that has ended. */
export function describeErasing(store: () => Store) {
  const erase = (account: string) => store().connections.erase(account, OPERATOR, NOON)
  const end = (account: string) => store().connections.disconnect(account, OPERATOR, NOON)
  const auditOf = (account: string) => store().audit.of(account, 100)

  describe('erasing', () => {
    test('empties persons wherever they stand, and leaves what was done', async () => {
      const { stateHash, attemptId } = await everywhere(store(), 'acme')
      await end('acme')
      const before = (await auditOf('acme')).toReversed()
      expect(await erase('acme')).toEqual({ kind: 'erased', rows: expect.any(Number) as number })
      const [audit, kept] = [(await auditOf('acme')).toReversed(), await store().connections.persons('acme')]
      const told = JSON.stringify([
        audit,
        kept,
        await store().attempts.find(attemptId),
        await auditOf('loser'),
      ])
      for (const text of textsOf('acme')) expect(told).not.toContain(text)
      const facts = (entries: typeof audit) =>
        entries.map(({ at, action, wazzupAccountId, generation }) => [
          at,
          action,
          wazzupAccountId,
          generation,
        ])
      expect(facts(audit.slice(0, -1))).toEqual(facts(before))
      // The operator has a name of its own, but for the one who was called by that of a person.
      expect(audit.map(({ action, userName }) => [action, userName])).toEqual([
        ['connection.connected', ''],
        ['connection.connected', ''],
        ['api_key.read', ''],
        ['connection.disconnected', 'Olga'],
        ['connection.erased', 'Olga'],
      ])
      expect(await store().exchanges.find(stateHash)).toMatchObject({
        status: 'connected',
        crmAccountId: 'acme',
      })
      expect(await store().connections.find('acme')).toMatchObject({
        ...{ status: 'disconnected', crmAccountName: '', wazzupAccountId: '12345678', disconnectedAt: NOON },
      })
    })

    test('leaves every other account as it was', async () => {
      await everywhere(store(), 'acme')
      await connectedBy(store(), 'nordwind')
      await end('nordwind')
      const before = [await auditOf('nordwind'), await store().connections.persons('nordwind')]
      await end('acme')
      await erase('acme')
      expect([await auditOf('nordwind'), await store().connections.persons('nordwind')]).toEqual(before)
      expect(JSON.stringify(before)).toContain(personOf('nordwind').userName)
    })

    test('a second time changes nothing and writes nothing', async () => {
      await everywhere(store(), 'acme')
      await end('acme')
      await erase('acme')
      const before = await auditOf('acme')
      expect(await erase('acme')).toEqual({ kind: 'erased', rows: 0 })
      expect(await auditOf('acme')).toEqual(before)
    })

    test('is refused while something of the account has not ended, and for one that nobody knows', async () => {
      const { generationId } = await connectedBy(store(), 'acme')
      expect(await erase('acme')).toEqual({ kind: 'not_ended' })
      await store().connections.noteHealth(generationId, 'invalid', NOON)
      expect(await erase('acme')).toEqual({ kind: 'not_ended' })
      await end('acme')
      const second = await confirmedBy(store(), 'acme')
      expect(await erase('acme')).toEqual({ kind: 'not_ended' })
      expect(await store().connections.persons('acme')).toMatchObject({
        exchanges: [{}, { userId: personOf('acme').userId }],
      })
      await store().exchanges.fail(second, refused)
      expect(await erase('acme')).toMatchObject({ kind: 'erased' })
      expect(await erase('nobody')).toEqual({ kind: 'unknown' })
      expect(await auditOf('nobody')).toEqual([])
    })

    test('an answer that comes after a disconnect and an erasure brings nobody back', async () => {
      const exchange = await confirmedBy(store(), 'acme')
      await end('acme')
      await erase('acme')
      expect(await store().exchanges.record(keyFor(exchange, 'late'))).toMatchObject({ kind: 'unwanted' })
      const told = JSON.stringify([await auditOf('acme'), await store().connections.persons('acme')])
      for (const text of textsOf('acme')) expect(told).not.toContain(text)
    })

    test('who stands before the confirm page logs in once more, also where nothing was ever confirmed', async () => {
      const attempt = await loggedIn(store(), 'acme')
      expect(await store().connections.persons('acme')).toMatchObject({
        attempts: [{ status: 'identified', userId: personOf('acme').userId }],
      })
      expect(await erase('acme')).toEqual({ kind: 'erased', rows: 1 })
      expect(await store().exchanges.claim(newExchange(attempt))).toEqual({ kind: 'not_open' })
      expect(await store().attempts.find(attempt.id)).toMatchObject({
        ...{ status: 'arrived', identity: null, state: attempt.state },
      })
    })

    test('a used state stays used', async () => {
      const { stateHash } = await connectedBy(store(), 'acme')
      const attempt = await identified(store(), 'nordwind', { state: 'the state' })
      await end('acme')
      await erase('acme')
      expect(await store().exchanges.find(stateHash)).not.toBeNull()
      expect(await store().exchanges.claim(newExchange(attempt))).toMatchObject({ kind: 'claimed' })
    })

    test('rows of the CRM whose changes wait, or could not be sent, are told, and gone when all has ended', async () => {
      const { changes, connections } = store()
      await connected(store(), 'acme', 'key')
      const user = (rowId: string) => ({ id: rowId, kind: 'users' as const, rowId, row: `{"id":"${rowId}"}` })
      await changes.accept('acme', [user('refused'), user('waits')])
      const claim = await changes.claimDue({ runner: 'runner', lease: minutes(1) })
      if (!claim) throw new Error('no changes were due')
      await changes.commit(claim, {
        ...{ kind: 'users', op: 'upsert', over: ['refused'], sent: 0, rejected: 1, lease: minutes(1) },
        rejects: [{ rowId: 'refused', reason: 'no_name' }],
      })
      expect(await connections.persons('acme')).toMatchObject({
        rejects: [{ kind: 'users', rowId: 'refused' }],
        changes: [{ kind: 'users', rowId: 'waits', row: '{"id":"waits"}' }],
      })
      await end('acme')
      await erase('acme')
      expect(await connections.persons('acme')).toMatchObject({ rejects: [], changes: [] })
    })

    test('what is kept of persons is told, with what they have done to others, and nothing of an operator', async () => {
      await everywhere(store(), 'acme')
      const { userId, userName, crmAccountName, name, address, role } = personOf('acme')
      const kept = await store().connections.persons('acme')
      expect(kept).toMatchObject({ crmAccountId: 'acme', crmAccountName })
      expect(kept?.attempts.map(({ status }) => status).toSorted()).toEqual([
        'cancelled',
        'confirmed',
        'confirmed',
        'identified',
      ])
      expect(kept?.attempts[0]).toMatchObject({ userId, userName, role, crmAccountName })
      expect(kept?.exchanges).toHaveLength(2)
      expect(kept?.exchanges[0]).toMatchObject({ name, crmAccountName, userId, userName, address })
      expect(kept?.audit.map(({ action, crmAccountId }) => [action, crmAccountId])).toEqual([
        ['connection.connected', 'acme'],
        ['connection.taken_over', 'loser'],
        ['connection.connected', 'acme'],
        ['api_key.read', 'acme'],
      ])
      expect(kept?.rejects).toEqual([{ kind: 'users', rowId: userId }])
      expect(JSON.stringify(kept)).not.toContain('loser-user')
      expect(await store().connections.persons('nobody')).toBeNull()
    })
  })
}

/** What goes by time, where the settings say so. */
export function describeKeptForATime(store: () => Store, setTime: (to: Date) => Promise<void>) {
  const auditOf = (account: string) => store().audit.of(account, 100)
  const end = (account: string) => store().connections.disconnect(account, OPERATOR, NOON)
  const erase = (account: string) => store().connections.erase(account, OPERATOR, NOON)

  describe('what is kept for a time', () => {
    const kept = { persons: hours(24 * 30), reads: hours(24 * 10) }
    /** All that is due, by the clock of the database and of the machine. */
    const cleanUpAt = async (at: Date) => {
      await setTime(at)
      while ((await store().cleanUp(at, 100, kept)) > 0);
    }
    const nameOf = async (account: string) => (await store().connections.persons(account))?.crmAccountName
    const after30Days = after(NOON, kept.persons)

    test('persons go when their connection has ended for so long, and no sooner; the entry says by what', async () => {
      for (const account of ['gone', 'here']) await connectedBy(store(), account)
      await end('gone')
      const failed = await confirmedBy(store(), 'never')
      await store().exchanges.fail(failed, refused)
      await cleanUpAt(after(after30Days, -minutes(1)))
      expect(await nameOf('gone')).toBe(personOf('gone').crmAccountName)
      expect(await nameOf('never')).toBe(personOf('never').crmAccountName)
      await cleanUpAt(after30Days)
      expect([await nameOf('gone'), await nameOf('never')]).toEqual(['', ''])
      expect(await nameOf('here')).toBe(personOf('here').crmAccountName)
      const [entry] = await auditOf('gone')
      expect(entry).toMatchObject({
        ...{
          action: 'connection.erased',
          userId: 'service',
          userName: 'AUDIT_PERSONS_KEPT',
          at: after30Days,
        },
      })
    })

    test('a machine whose clock is ahead erases nobody, and without a time nobody ever', async () => {
      await connectedBy(store(), 'gone')
      await end('gone')
      await store().cleanUp(after(NOON, kept.persons * 2), 100, kept)
      await setTime(after(NOON, kept.persons * 2))
      await store().cleanUp(after(NOON, kept.persons * 2), 100)
      expect(await nameOf('gone')).toBe(personOf('gone').crmAccountName)
    })

    test('who comes after an erasure is erased in turn, whichever release wrote them down', async () => {
      await connectedBy(store(), 'gone')
      await end('gone')
      await erase('gone')
      const failed = await confirmedBy(store(), 'gone')
      await store().exchanges.fail(failed, refused)
      expect(await store().connections.persons('gone')).toMatchObject({
        exchanges: [{ userId: personOf('gone').userId }],
      })
      await cleanUpAt(after(after30Days, minutes(1)))
      expect(await store().connections.persons('gone')).toMatchObject({ exchanges: [] })
    })

    test('entries of keys that were read go, in small batches, and no others', async () => {
      await connectedBy(store(), 'here')
      const entry = { ...OPERATOR, crmAccountId: 'here', wazzupAccountId: null, generation: 1 }
      for (const days of [0, 0, 0, 5])
        await store().audit.append({ ...entry, action: 'api_key.read', at: after(NOON, hours(24 * days)) })
      const at = after(NOON, kept.reads)
      await setTime(at)
      await store().cleanUp(at, 2, kept)
      const actions = async () => (await auditOf('here')).map(({ action }) => action).toReversed()
      expect(await actions()).toEqual(['connection.connected', 'api_key.read', 'api_key.read'])
      await cleanUpAt(at)
      expect(await actions()).toEqual(['connection.connected', 'api_key.read'])
    })
  })
}
