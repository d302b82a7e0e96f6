import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { after, hours, minutes, seconds } from '../../src/shared/clock.ts'
import { systemRandom } from '../../src/shared/random.ts'
import { MOST_CHANGE_REJECTS, MOST_WAITING } from '../../src/store/change.ts'
import type { ChangeCommit, ChangeKind, ClaimedChanges, NewChange } from '../../src/store/port.ts'
import { AT_NOON, claimed, connected, keyFor, NOON } from '../support/attempts.ts'
import type { OpenedStore } from './store.ts'

const OPERATOR = { userId: 'operator', userName: 'Op', address: '-' }
const LEASE = minutes(2)
const NONE = { tries: 0, spent: 0 }

const upsert = (kind: ChangeKind, rowId: string, name = rowId): NewChange => ({
  ...{ id: systemRandom(16), kind, rowId, row: JSON.stringify({ id: rowId, name }) },
})
const remove = (kind: ChangeKind, rowId: string): NewChange => ({
  ...{ id: systemRandom(16), kind, rowId, row: null },
})

const step = (kind: 'contacts' | 'webhooks', status: 'running' | 'done') => ({
  ...{ kind, status, reason: null, read: 0, sent: 0, rejected: 0, total: null, runsFor: null },
  ...{ cursor: null, rowOnPage: 0, lastRow: null, pages: 0, landmark: null },
})

/** What every store must do for changes, alone and under another name. */
export function describeChanges(name: string, open: () => Promise<OpenedStore>) {
  describe(`changes: ${name}`, () => {
    let { store, setTime, close } = {} as OpenedStore
    beforeEach(async () => {
      ;({ store, setTime, close } = await open())
      await setTime(NOON)
    })
    afterEach(() => close())

    const put = async (...given: NewChange[]) => store.changes.accept('acme', given)
    const take = (runner = 'runner-1') => store.changes.claimDue({ runner, lease: LEASE })
    async function taken(runner?: string) {
      const claim = await take(runner)
      if (!claim) throw new Error('no changes were due')
      return claim
    }
    const standing = () => store.changes.find('acme')
    const over = (claim: ClaimedChanges, done: Partial<ChangeCommit> = {}) =>
      store.changes.commit(claim, {
        ...{
          kind: 'contacts',
          op: 'upsert',
          over: [],
          sent: 0,
          rejected: 0,
          rejects: [],
          lease: LEASE,
          ...done,
        },
      })
    /** All that wait, in the order in which they are sent, as long as `meanwhile` adds nothing. */
    async function sendAll(limit = 100, meanwhile: () => Promise<unknown> = async () => null) {
      const claim = await taken()
      const sent: string[] = []
      for (;;) {
        const batch = await store.changes.batch(claim, limit)
        if (!batch) break
        const { kind, op, changes } = batch
        sent.push(`${op} ${kind} ${changes.map(({ rowId }) => rowId).join(' ')}`)
        await over(claim, { kind, op, over: changes.map(({ id }) => id), sent: changes.length })
        await meanwhile()
      }
      await store.changes.release(claim, { reason: null, wait: 0, tries: 0 })
      return sent
    }

    test('are taken for a connection that is connected, and for no other', async () => {
      expect(await put(upsert('users', 'u-1'))).toEqual({ kind: 'unknown' })
      const { generationId } = await connected(store, 'acme', 'key')
      expect(await put(upsert('users', 'u-1'), remove('deals', 'd-1'))).toEqual({
        kind: 'accepted',
        waiting: 2,
      })
      await store.connections.noteHealth(generationId, 'invalid', NOON)
      expect(await put(upsert('users', 'u-2'))).toEqual({ kind: 'not_connected' })
      expect(await take()).toBeNull()
      expect(await standing()).toMatchObject({ waiting: 2, waitsFor: 'key_refused' })
      await store.connections.noteHealth(generationId, 'valid', NOON)
      expect((await taken()).key.crmAccountId).toBe('acme')
    })

    test('that Wazzup took are written down, although another call has just found the key refused', async () => {
      const { generationId } = await connected(store, 'acme', 'key')
      await put(upsert('users', 'u-1'), upsert('users', 'u-2'))
      const claim = await taken()
      const batch = await store.changes.batch(claim, 1)
      await store.connections.noteHealth(generationId, 'invalid', NOON)
      const done = { kind: 'users' as const, over: batch?.changes.map(({ id }) => id) ?? [], sent: 1 }
      expect(await over(claim, done)).toBe('last')
      expect(await store.changes.release(claim, { reason: null, wait: 0, tries: 0 })).toBe(true)
      await store.connections.noteHealth(generationId, 'valid', NOON)
      expect(await standing()).toMatchObject({ waiting: 1, sent: 1 })
      expect(await sendAll()).toEqual(['upsert users u-2'])
    })

    test('go by kind: what is referred to comes first, and goes last', async () => {
      await connected(store, 'acme', 'key')
      await put(
        remove('users', 'u-9'),
        remove('deals', 'd-9'),
        upsert('deals', 'd-1'),
        remove('contacts', 'c-9'),
      )
      await put(upsert('contacts', 'c-1'), upsert('users', 'u-1'), upsert('contacts', 'c-2'))
      expect(await sendAll()).toEqual([
        ...['upsert users u-1', 'upsert contacts c-1 c-2', 'upsert deals d-1'],
        ...['delete deals d-9', 'delete contacts c-9', 'delete users u-9'],
      ])
      expect(await standing()).toMatchObject({ waiting: 0, oldest: null, sent: 7 })
      expect(await take()).toBeNull()
    })

    test('what comes in all the time keeps nothing waiting that is later in the order', async () => {
      await connected(store, 'acme', 'key')
      await put(upsert('users', 'u-0'), upsert('deals', 'd-1'))
      let n = 0
      const sent = await sendAll(1, async () => n++ < 5 && put(upsert('users', `u-${n}`)))
      expect(sent.slice(0, 3)).toEqual(['upsert users u-0', 'upsert deals d-1', 'upsert users u-1'])
      expect(sent).toHaveLength(7)
    })

    test('a later change of an id takes the place of the one that waits', async () => {
      await connected(store, 'acme', 'key')
      await put(upsert('contacts', 'c-1', 'Ann'), upsert('contacts', 'c-2'))
      expect(await put(upsert('contacts', 'c-1', 'Anna'))).toEqual({ kind: 'accepted', waiting: 2 })
      const batch = await store.changes.batch(await taken(), 100)
      expect(batch?.changes.map(({ row }) => JSON.parse(row() ?? '') as object)).toEqual([
        { id: 'c-1', name: 'Anna' },
        { id: 'c-2', name: 'c-2' },
      ])
      // A delete has no row, and comes behind all upserts.
      await put(remove('contacts', 'c-1'))
      expect(await store.changes.batch(await takenLater('runner-2'), 1)).toMatchObject({
        ...{ op: 'upsert', changes: [{ rowId: 'c-2' }] },
      })
    })

    async function takenLater(runner: string) {
      await setTime(after(NOON, LEASE))
      return taken(runner)
    }

    test('one that comes while its id is being sent is sent after it', async () => {
      await connected(store, 'acme', 'key')
      await put(upsert('contacts', 'c-1', 'Ann'))
      const claim = await taken()
      const first = await store.changes.batch(claim, 100)
      await put(upsert('contacts', 'c-1', 'Anna'))
      await over(claim, { over: first?.changes.map(({ id }) => id) ?? [], sent: 1 })
      expect(await standing()).toMatchObject({ waiting: 1, sent: 1 })
      const [second] = (await store.changes.batch(claim, 100))?.changes ?? []
      expect(second?.row()).toContain('Anna')
    })

    test('one that is new in a round takes along what was accepted before it', async () => {
      await connected(store, 'acme', 'key')
      await put(upsert('contacts', 'c-1'), upsert('deals', 'd-1'))
      const sent = await sendAll(1, async () => {
        if ((await standing())?.sent === 1)
          await put(upsert('users', 'u-1'), upsert('deals', 'd-1', 'of u-1'))
      })
      expect(sent).toEqual(['upsert contacts c-1', 'upsert users u-1', 'upsert deals d-1'])
    })

    test('one runner has them; one that was taken over writes nothing any more', async () => {
      await connected(store, 'acme', 'key')
      await put(upsert('users', 'u-1'))
      const claims = await Promise.all([take('runner-1'), take('runner-2')])
      expect(claims.filter((claim) => claim !== null)).toHaveLength(1)
      const [older] = claims.filter((claim) => claim !== null)
      if (!older) throw new Error('nobody has them')
      const [change] = (await store.changes.batch(older, 1))?.changes ?? []
      const newer = await takenLater('runner-3')
      expect(await store.changes.renew(older, LEASE)).toBe(false)
      expect(await over(older, { over: [change?.id ?? ''], sent: 1 })).toBe('gone')
      expect(await store.changes.batch(older, 1)).toBeNull()
      expect(await store.changes.release(older, { reason: null, wait: 0, tries: 0 })).toBe(false)
      expect(await standing()).toMatchObject({ waiting: 1, sent: 0 })
      expect(await store.changes.renew(newer, LEASE)).toBe(true)
    })

    test('what it waits for is told until there is progress, and its pause is kept', async () => {
      await connected(store, 'acme', 'key')
      await put(upsert('users', 'u-1'), upsert('users', 'u-2'))
      await store.changes.release(await taken(), { reason: 'rate_limited', wait: minutes(1), tries: 3 })
      await put(upsert('users', 'u-3'))
      await setTime(after(NOON, seconds(59)))
      expect(await take()).toBeNull()
      expect(await standing()).toMatchObject({ waitsFor: 'rate_limited', oldest: seconds(59) })
      await setTime(after(NOON, minutes(1)))
      const claim = await taken()
      expect(claim.tries).toBe(3)
      const [first] = (await store.changes.batch(claim, 100))?.changes ?? []
      await over(claim, { kind: 'users', over: [first?.id ?? ''], sent: 1 })
      expect(await standing()).toMatchObject({ waitsFor: null, waiting: 2, sent: 1 })
    })

    test('who has waited the longest comes first, also after a turn', async () => {
      for (const account of ['acme', 'nordwind']) {
        await connected(store, account, `key-of-${account}`)
        await store.changes.accept(account, [upsert('users', 'u-1')])
        await setTime(after(NOON, 1))
      }
      const first = await taken('runner-1')
      expect(first.key.crmAccountId).toBe('acme')
      await setTime(after(NOON, 2))
      await store.changes.release(first, { reason: null, wait: 0, tries: 0 })
      expect((await taken('runner-2')).key.crmAccountId).toBe('nordwind')
    })

    test('rejects are told with their reasons; the latest are kept', async () => {
      await connected(store, 'acme', 'key')
      await put(upsert('contacts', 'c-1'))
      const claim = await taken()
      const rejects = Array.from({ length: MOST_CHANGE_REJECTS + 2 }, (_, i) => ({
        rowId: `c-${i}`,
        reason: 'x',
      }))
      await over(claim, { rejected: 1, rejects })
      const [first] = await store.changes.rejects('acme', { after: 0, limit: 1 })
      expect(first).toMatchObject({ kind: 'contacts', op: 'upsert', rowId: 'c-2', reason: 'x', at: NOON })
      const next = await store.changes.rejects('acme', { after: first?.number ?? 0, limit: 1 })
      expect(next).toMatchObject([{ rowId: 'c-3' }])
      expect(await standing()).toMatchObject({ rejected: 1 })
    })

    test(
      'no more wait than there may: one that takes the place of another is none more',
      { tags: ['long'] },
      async () => {
        await connected(store, 'acme', 'key')
        const rows = (from: number, n: number) =>
          Array.from({ length: n }, (_, i) => upsert('contacts', `c-${from + i}`))
        for (let n = 0; n < MOST_WAITING; n += 1000) await put(...rows(n, 1000))
        expect(await put(upsert('contacts', 'one-more'))).toEqual({ kind: 'full' })
        expect(await put(upsert('contacts', 'c-7', 'new'))).toEqual({
          kind: 'accepted',
          waiting: MOST_WAITING,
        })
        expect(await store.changes.counts()).toEqual({ waiting: MOST_WAITING, oldest: 0 })
      },
    )

    describe('beside an upload', () => {
      const done = { status: 'done', reason: null, wait: null, trouble: NONE } as const
      async function uploading() {
        const exchange = await claimed(store, 'acme')
        await store.exchanges.record(keyFor(exchange, 'key', true))
        const claim = await store.uploads.claimDue({ runner: 'uploader', lease: LEASE })
        if (!claim) throw new Error('no upload was due')
        return claim
      }

      test('they wait for its data, and not for the webhooks address', async () => {
        const upload = await uploading()
        await put(upsert('contacts', 'c-1'))
        expect(await take()).toBeNull()
        expect(await standing()).toMatchObject({ waiting: 1, waitsFor: 'upload' })
        const at = async (...steps: ReturnType<typeof step>[]) =>
          store.uploads.commit(upload, { steps, rejects: [], lease: LEASE })
        await at(step('contacts', 'running'), step('webhooks', 'running'))
        expect(await take()).toBeNull()
        await at(step('contacts', 'done'))
        expect(await taken()).toMatchObject({ key: { crmAccountId: 'acme' } })
      })

      test('an upload begins when nobody sends changes, and none begins once it waits', async () => {
        await store.uploads.release(await uploading(), done)
        await put(upsert('contacts', 'c-1'))
        const changes = await taken()
        await store.uploads.start('acme', ['contacts', 'webhooks'], NOON)
        expect(await store.uploads.claimDue({ runner: 'uploader', lease: LEASE })).toBeNull()
        expect(await store.changes.renew(changes, LEASE)).toBe(true)
        await store.changes.release(changes, { reason: null, wait: 0, tries: 0 })
        expect(await take()).toBeNull()
        expect(await store.uploads.claimDue({ runner: 'uploader', lease: LEASE })).not.toBeNull()
      })

      test('what it has brought is newer than what waited before it read', async () => {
        const upload = await uploading()
        const { generationId } = upload.key
        expect(await store.changes.latest(generationId)).toBeNull()
        await put(
          upsert('contacts', 'c-1'),
          upsert('contacts', 'c-2'),
          remove('contacts', 'c-3'),
          upsert('deals', 'c-1'),
        )
        const upTo = (await store.changes.latest(generationId)) ?? 0
        await put(upsert('contacts', 'c-2', 'after it was read'))
        const brought = { kind: 'contacts', ids: ['c-1', 'c-2', 'c-3', 'c-4'], upTo } as const
        const steps = [step('contacts', 'done'), step('webhooks', 'done')]
        await store.uploads.commit(upload, { steps, rejects: [], lease: LEASE, brought })
        expect(await standing()).toMatchObject({ waiting: 2, dropped: 2 })
        expect(await sendAll()).toEqual(['upsert contacts c-2', 'upsert deals c-1'])
      })
    })

    describe('when keys change', () => {
      test.each([
        ['are kept where no upload follows', { upload: false }, { waiting: 1, dropped: 0 }],
        [
          'are kept where it brings nothing but the address',
          { upload: true, bringsData: false },
          { waiting: 1, dropped: 0 },
        ],
        ['are dropped where an upload follows', { upload: true }, { waiting: 0, dropped: 1 }],
      ])('at a reconnect they %s; who was sending them stops', async (_, follows, expected) => {
        await connected(store, 'acme', 'key')
        await put(upsert('users', 'u-1'))
        const older = await taken()
        const exchange = await claimed(store, 'acme')
        await store.exchanges.record({ ...keyFor(exchange, 'key-2'), ...follows })
        expect(await standing()).toMatchObject(expected)
        expect(await store.changes.renew(older, LEASE)).toBe(false)
        expect(await over(older, { over: [], sent: 1 })).toBe('gone')
        await store.changes.release(older, { reason: null, wait: 0, tries: 0 })
        // The plan says that it brings no more than the address.
        const upload = await store.uploads.claimDue({ runner: 'uploader', lease: LEASE })
        const steps = [step('webhooks', 'running')]
        if (upload) await store.uploads.commit(upload, { steps, rejects: [], lease: LEASE })
        const next = await take('runner-2')
        expect(next?.key.generationId ?? null).toBe(expected.waiting > 0 ? exchange.generationId : null)
      })

      test.each([
        ['at a reconnect', async () => undefined],
        ['after a disconnect', async () => store.connections.disconnect('acme', OPERATOR, NOON)],
      ])('%s nobody sends while a request with the older key is on its way', async (_, first) => {
        await connected(store, 'acme', 'key')
        await put(upsert('users', 'u-1'))
        const older = await taken()
        await first()
        await store.exchanges.record(keyFor(await claimed(store, 'acme'), 'key-2'))
        await put(upsert('users', 'u-1', 'later'))
        expect(await take('runner-2')).toBeNull()
        // It has come back, or it never will.
        expect(await store.changes.release(older, { reason: 'x', wait: minutes(9), tries: 9 })).toBe(false)
        expect(await take('runner-2')).toMatchObject({ tries: 0, key: { generation: 2 } })
      })

      const reconnected = async () => store.exchanges.record(keyFor(await claimed(store, 'acme'), 'key-2'))
      const ended = async () => {
        await store.connections.disconnect('acme', OPERATOR, NOON)
        await reconnected()
      }
      test.each([
        ['at a reconnect', [upsert('users', 'u-1')], reconnected],
        ['at a reconnect, before the first change ever', [], reconnected],
        ['after a disconnect', [upsert('users', 'u-1')], ended],
        ['after a disconnect, before the first change ever', [], ended],
      ])('nor while one of an upload with the older key is: %s', async (_, before, change) => {
        await connected(store, 'acme', 'key')
        if (before.length > 0) await put(...before)
        await store.uploads.start('acme', ['users', 'webhooks'], NOON)
        expect(await store.uploads.claimDue({ runner: 'uploader', lease: LEASE })).not.toBeNull()
        await change()
        await put(upsert('users', 'u-1', 'later'))
        expect(await take()).toBeNull()
        expect(await standing()).toMatchObject({ waiting: 1 })
        await setTime(after(NOON, LEASE))
        expect(await take()).not.toBeNull()
      })

      test('a disconnect drops them, with their rejects, and says how many', async () => {
        await connected(store, 'acme', 'key')
        await put(upsert('users', 'u-1'), upsert('users', 'u-2'))
        const claim = await taken()
        await over(claim, { rejected: 1, rejects: [{ rowId: 'u-0', reason: 'x' }] })
        await store.connections.disconnect('acme', OPERATOR, NOON)
        expect(await standing()).toMatchObject({ waiting: 0, dropped: 2, rejected: 1, waitsFor: null })
        expect(await store.changes.rejects('acme', { after: 0, limit: 10 })).toEqual([])
        expect(await over(claim)).toBe('gone')
        expect(await put(upsert('users', 'u-3'))).toEqual({ kind: 'not_connected' })
        await store.exchanges.record({
          ...keyFor(await claimed(store, 'acme'), 'key-2'),
          ...AT_NOON,
          grace: hours(1),
        })
        expect(await put(upsert('users', 'u-3'))).toEqual({ kind: 'accepted', waiting: 1 })
      })
    })
  })
}
