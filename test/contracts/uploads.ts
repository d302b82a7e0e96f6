import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { after, hours, minutes } from '../../src/shared/clock.ts'
import type { AddressCheck, Store, UploadCommit } from '../../src/store/port.ts'
import type { OpenedStore } from './store.ts'
import { claimed, NOON, recordKey } from '../support/attempts.ts'

const OPERATOR = { userId: 'operator', userName: 'Op', address: '-' }
const LEASE = minutes(2)

const NONE = { tries: 0, spent: 0 }

const DONE = { status: 'done', reason: null, wait: null, trouble: NONE } as const

const progress = (
  over: Partial<UploadCommit['steps'][number]> = {},
  rejects: UploadCommit['rejects'] = [],
): UploadCommit => ({
  steps: [
    {
      ...{
        kind: 'contacts',
        status: 'running',
        reason: null,
        cursor: 'page-2',
        rowOnPage: 100,
        lastRow: 'c-300',
        pages: 1,
        landmark: 'page-1',
      },
      ...{ read: 300, sent: 298, rejected: 2, total: 1000, runsFor: null },
      ...over,
    },
  ],
  rejects,
  lease: LEASE,
})

/** What every store must do for uploads, alone and under another name. */
export function describeUploads(name: string, open: () => Promise<OpenedStore>) {
  describe(`uploads: ${name}`, () => {
    let { store, setTime, close } = {} as OpenedStore
    beforeEach(async () => {
      ;({ store, setTime, close } = await open())
      await setTime(NOON)
    })
    afterEach(() => close())

    async function connectWithUpload(account: string, apiKey = `key-of-${account}`) {
      await setTime(NOON)
      const exchange = await claimed(store, account)
      await recordKey(store, exchange, apiKey, true)
      return exchange.generationId
    }
    const take = async (runner = 'runner-1', now = NOON) => {
      await setTime(now)
      return store.uploads.claimDue({ runner, lease: LEASE })
    }
    async function taken(runner?: string, now?: Date) {
      const claim = await take(runner, now)
      if (!claim) throw new Error('nothing was due')
      return claim
    }

    test('its runner has the crmKey, unless another CRM account has connected that Wazzup account since', async () => {
      const keys = []
      for (const account of ['acme', 'nordwind']) {
        await setTime(after(NOON, keys.length))
        const exchange = await claimed(store, account, undefined, 'one-wazzup-account')
        await recordKey(store, exchange, `key-of-${account}`, true)
        keys.push(exchange.crmKey)
      }
      const later = after(NOON, minutes(1))
      const claims = [await taken('runner-1', later), await taken('runner-2', later)]
      const keyOf = (account: string) => claims.find(({ key }) => key.crmAccountId === account)?.key.crmKey()
      expect([keyOf('acme'), keyOf('nordwind')]).toEqual([null, keys[1]])
    })

    test('one runner has it; when the lease ends, the next goes on where the last commit stood', async () => {
      await connectWithUpload('acme')
      const claim = await taken()
      expect(claim).toMatchObject({
        ...{ runner: 'runner-1', trouble: NONE, steps: [] },
        key: { crmAccountId: 'acme' },
      })
      expect(claim.key.apiKey()).toBe('key-of-acme')
      expect(await take('runner-2')).toBeNull()
      expect(await store.uploads.commit(claim, progress())).toBe('goes_on')
      const next = await take('runner-2', after(NOON, minutes(3)))
      expect(next?.steps).toEqual(progress({ runsFor: minutes(3) }).steps)
      expect(await store.uploads.commit(claim, progress({ read: 400 }))).toBe('gone')
      expect(await store.uploads.renew(claim, LEASE)).toBe(false)
      expect(await store.uploads.release(claim, DONE)).toBe(false)
      expect((await store.uploads.find('acme'))?.steps[0]?.read).toBe(300)
    })

    test('a runner that looks whether it still has it keeps it for most of a lease', async () => {
      await connectWithUpload('acme')
      const claim = await taken()
      for (const since of [LEASE * 0.2, LEASE * 0.5]) {
        await setTime(after(NOON, since))
        expect(await store.uploads.renew(claim, LEASE)).toBe(true)
        expect(await take('runner-2', after(NOON, since + LEASE * 0.75 - 1))).toBeNull()
      }
      expect(await take('runner-2', after(NOON, LEASE * 1.5 - 1))).toBeNull()
      expect(await take('runner-2', after(NOON, LEASE * 1.5))).not.toBeNull()
      expect(await store.uploads.renew(claim, LEASE)).toBe(false)
    })

    test('a runner that writes progress down keeps it for most of a lease, too, and what it wrote is there', async () => {
      await connectWithUpload('acme')
      const claim = await taken()
      expect(await store.uploads.commit(claim, progress())).toBe('goes_on')
      for (const [since, read] of [
        [LEASE * 0.2, 400],
        [LEASE * 0.5, 500],
      ] as const) {
        await setTime(after(NOON, since))
        const got = { read, sent: read - 2, cursor: `page-${read}`, rowOnPage: 0, lastRow: null, total: null }
        expect(await store.uploads.commit(claim, progress(got))).toBe('goes_on')
        expect(await take('runner-2', after(NOON, since + LEASE * 0.75 - 1))).toBeNull()
      }
      const next = await taken('runner-2', after(NOON, LEASE * 1.5))
      const last = { read: 500, sent: 498, cursor: 'page-500', rowOnPage: 0, lastRow: null, total: null }
      expect(next.steps).toEqual(progress({ ...last, runsFor: LEASE * 1.5 }).steps)
    })

    test('progress of a run that was begun again meanwhile is not written down', async () => {
      await connectWithUpload('acme')
      const claim = await taken()
      await store.uploads.commit(claim, progress())
      expect(await store.uploads.start('acme', ['contacts'], NOON)).toBe(true)
      expect(await store.uploads.commit(claim, progress({ read: 400 }))).toBe('gone')
      expect((await store.uploads.find('acme'))?.steps).toMatchObject([{ status: 'waiting', read: 0 }])
    })

    test('two at once: one has it', async () => {
      await connectWithUpload('acme')
      const claims = await Promise.all([take('runner-1'), take('runner-2')])
      expect(claims.filter((claim) => claim !== null)).toHaveLength(1)
    })

    test('who has waited the longest comes first, also after a turn', async () => {
      await connectWithUpload('acme')
      await connectWithUpload('nordwind')
      const first = await taken()
      await store.uploads.commit(first, progress())
      const trouble = { tries: 3, spent: minutes(3) }
      await store.uploads.release(first, { status: 'running', reason: 'export_failed', wait: 1, trouble })
      const second = await take('runner-2', after(NOON, 2))
      expect(second?.key.crmAccountId).not.toBe(first.key.crmAccountId)
      const third = await take('runner-3', after(NOON, 2))
      if (!third) throw new Error('nothing was due')
      expect(third.trouble).toEqual(trouble)
      // What it waits for is told until there is progress.
      expect(await store.uploads.find(third.key.crmAccountId)).toMatchObject({
        status: 'running',
        reason: 'export_failed',
      })
      await store.uploads.commit(third, progress({ read: 400 }))
      expect((await take('runner-4', after(NOON, LEASE + 2)))?.trouble).toEqual(NONE)
      expect(await store.uploads.find(third.key.crmAccountId)).toMatchObject({
        status: 'running',
        reason: null,
      })
    })

    test('trouble lasts for as long as it was tried, and not while nobody came', async () => {
      await connectWithUpload('acme')
      const trouble = { tries: 1, spent: minutes(3) }
      const waits = { status: 'running', reason: 'export_failed', wait: minutes(1), trouble } as const
      await store.uploads.release(await taken(), waits)
      const late = after(NOON, hours(10))
      expect((await taken('runner-2', late)).trouble).toEqual(trouble)
      // It does not come back: nobody tries until its lease is over, and what it did in that time is not known.
      const next = await taken('runner-3', after(late, hours(10)))
      expect(next.trouble).toEqual({ tries: 1, spent: minutes(3) + LEASE })
      await store.uploads.release(next, { ...waits, trouble: NONE })
      expect((await taken('runner-4', after(late, hours(11)))).trouble).toEqual(NONE)
    })

    describe.each([
      ['that has written nothing', []],
      ['whose step is under way', [progress()]],
    ])('a runner %s', (_, written) => {
      test.each([
        ['a disconnect', (of: Store) => of.connections.disconnect('acme', OPERATOR, NOON)],
        ['a fresh start', (of: Store) => of.uploads.start('acme', ['contacts'], NOON)],
        ['a fresh start of another step', (of: Store) => of.uploads.start('acme', ['webhooks'], NOON)],
      ])('writes nothing any more after %s', async (_, happen) => {
        await connectWithUpload('acme')
        const claim = await taken()
        for (const one of written) expect(await store.uploads.commit(claim, one)).toBe('goes_on')
        expect(await happen(store)).toBe(true)
        expect(await store.uploads.commit(claim, progress({ read: 400 }))).toBe('gone')
        expect(await store.uploads.renew(claim, LEASE)).toBe(false)
      })
    })

    test('after a refused key its runner writes down what was under way, and nothing after that', async () => {
      const generationId = await connectWithUpload('acme')
      const claim = await taken()
      await note(generationId, 'invalid')
      expect(await store.uploads.renew(claim, LEASE)).toBe(false)
      expect(await store.uploads.commit(claim, progress())).toBe('last')
      expect(await store.uploads.commit(claim, progress({ read: 400 }))).toBe('gone')
      expect(await store.uploads.find('acme')).toMatchObject({ status: 'failed', steps: [{ read: 300 }] })
      await note(generationId, 'valid')
      const next = await take('runner-2', after(NOON, hours(1)))
      expect(next?.steps).toMatchObject([{ read: 300 }])
      expect(await store.uploads.commit(claim, progress({ read: 400 }))).toBe('gone')
    })

    test('so does one whose step is under way, and no more of it once the key is taken again', async () => {
      const generationId = await connectWithUpload('acme')
      const claim = await taken()
      expect(await store.uploads.commit(claim, progress())).toBe('goes_on')
      await note(generationId, 'invalid')
      expect(await store.uploads.commit(claim, progress({ read: 400 }))).toBe('last')
      expect(await store.uploads.commit(claim, progress({ read: 500 }))).toBe('gone')
      await note(generationId, 'valid')
      expect(await store.uploads.commit(claim, progress({ read: 500 }))).toBe('gone')
      expect(await store.uploads.find('acme')).toMatchObject({ steps: [{ read: 400 }] })
    })

    test('a disconnect and a reconnect leave nothing of an older upload', async () => {
      const older = await connectWithUpload('acme', 'key-1')
      await store.uploads.commit(
        await taken(),
        progress({}, [{ kind: 'contacts', rowId: 'c-1', position: 1, reason: 'x' }]),
      )
      const newer = await connectWithUpload('acme', 'key-2')
      expect(await store.uploads.ofGeneration(older)).toBeNull()
      expect(await store.uploads.find('acme')).toMatchObject({ generationId: newer, steps: [] })
      await store.connections.disconnect('acme', OPERATOR, NOON)
      expect(await store.uploads.find('acme')).toBeNull()
      expect(await store.uploads.rejects(older, { after: 0, limit: 10 })).toEqual([])
      expect(await store.uploads.start('acme', ['contacts'], NOON)).toBe(false)
    })

    test('rejects come in their order, page by page; a fresh start forgets those of its steps', async () => {
      const generationId = await connectWithUpload('acme')
      const rejects = ['a', 'b', 'c'].map((rowId, i) => ({
        kind: 'contacts' as const,
        rowId,
        position: i + 1,
        reason: 'x',
      }))
      await store.uploads.commit(await taken(), progress({}, rejects))
      const first = await store.uploads.rejects(generationId, { after: 0, limit: 2 })
      expect(first.map(({ rowId }) => rowId)).toEqual(['a', 'b'])
      const rest = await store.uploads.rejects(generationId, { after: first[1]?.number ?? 0, limit: 2 })
      expect(rest.map(({ rowId }) => rowId)).toEqual(['c'])
      await store.uploads.start('acme', ['webhooks'], NOON)
      expect(await store.uploads.rejects(generationId, { after: 0, limit: 9 })).toHaveLength(3)
      await store.uploads.start('acme', ['contacts'], NOON)
      expect(await store.uploads.rejects(generationId, { after: 0, limit: 9 })).toEqual([])
      expect(await store.uploads.find('acme')).toMatchObject({
        status: 'waiting',
        steps: ['contacts', 'webhooks'].map((kind) => ({ kind, status: 'waiting', read: 0, total: null })),
      })
    })

    test('one that has never begun has its whole plan to do, whatever is started', async () => {
      await connectWithUpload('acme')
      expect(await store.uploads.start('acme', ['webhooks'], NOON)).toBe(true)
      expect(await store.uploads.find('acme')).toMatchObject({ status: 'waiting', steps: [] })
    })

    test('of a connection without an upload the steps that are started are all there is to do', async () => {
      await recordKey(store, await claimed(store, 'acme'), 'key', false)
      expect(await store.uploads.start('acme', ['webhooks'], NOON)).toBe(true)
      expect((await taken()).steps).toMatchObject([{ kind: 'webhooks', status: 'waiting', pages: 0 }])
    })

    const FAILED = { status: 'failed', reason: 'address_overwritten' } as const
    const tomorrow = after(NOON, hours(24))
    const check = async (now = tomorrow, runner = 'runner') => {
      await setTime(now)
      return store.uploads.claimCheck({ runner, lease: LEASE }, hours(24))
    }
    const checking = (generationId: string, runner = 'runner') => ({ runner, key: { generationId } })
    /** Compares the address that is due. */
    const compare = async (seen: AddressCheck, now = tomorrow) => {
      const due = await check(now)
      return due && store.uploads.noteCheck({ ...due, runner: 'runner' }, seen)
    }

    /** An upload whose last step, the address, has ended at noon. */
    async function withAddress(account = 'acme') {
      const generationId = await connectWithUpload(account)
      const claim = await taken()
      await store.uploads.commit(claim, progress({ kind: 'webhooks', status: 'done' }))
      await store.uploads.release(claim, DONE)
      return generationId
    }

    test('an address is compared a day after it was registered, and then once a day', async () => {
      const generationId = await withAddress()
      expect(await check(after(tomorrow, -1))).toBeNull()
      expect(await check(tomorrow)).toMatchObject({ key: { generationId }, steps: [{ kind: 'webhooks' }] })
      expect(await store.uploads.endCheck(checking(generationId), 0)).toBe('noted')
      expect(await check(after(tomorrow, hours(23)))).toBeNull()
      expect(await check(after(tomorrow, hours(24)))).toMatchObject({ key: { generationId } })
    })

    test('what a comparison has shown is said of the step and of the upload', async () => {
      await withAddress()
      expect(await compare({ step: FAILED, upload: FAILED })).toBe(true)
      expect(await store.uploads.find('acme')).toMatchObject({ ...FAILED, steps: [FAILED] })
    })

    test('a comparison that ends when the address is being registered again, or has been, says nothing', async () => {
      const generationId = await withAddress()
      const seen = { step: FAILED, upload: FAILED }
      await check()
      await store.uploads.start('acme', ['contacts'], NOON)
      expect(await store.uploads.noteCheck(checking(generationId), seen)).toBe(false)
      expect(await store.uploads.find('acme')).toMatchObject({
        status: 'waiting',
        steps: [{ status: 'waiting' }, { status: 'done' }],
      })
      await store.uploads.release(await taken('runner', tomorrow), DONE)
      expect(await store.uploads.noteCheck(checking(generationId), seen)).toBe(false)
    })

    test('a comparison that a crash left behind is made again when its lease is over, and says nothing any more', async () => {
      const generationId = await withAddress()
      await check(tomorrow, 'crashed')
      expect(await check(after(tomorrow, LEASE - 1))).toBeNull()
      expect(await check(after(tomorrow, LEASE), 'next')).toMatchObject({ key: { generationId } })
      const seen = { step: FAILED, upload: FAILED }
      expect(await store.uploads.noteCheck(checking(generationId, 'crashed'), seen)).toBe(false)
      expect(await store.uploads.noteCheck(checking(generationId, 'next'), seen)).toBe(true)
    })

    test('a comparison without an answer is made again as soon as is said', async () => {
      const generationId = await withAddress()
      await check(tomorrow)
      await store.uploads.endCheck(checking(generationId), hours(23))
      expect(await check(after(tomorrow, hours(1) - 1))).toBeNull()
      expect(await check(after(tomorrow, hours(1)))).toMatchObject({ key: { generationId } })
    })

    test('a comparison that the key was refused in ends together with that, or writes neither', async () => {
      const generationId = await withAddress()
      await check(tomorrow)
      const refused = { health: 'invalid', now: tomorrow } as const
      expect(await store.uploads.endCheck(checking(generationId, 'another'), 0, refused)).toBe('gone')
      expect(await store.connections.find('acme')).toMatchObject({ status: 'connected' })
      expect(await store.uploads.endCheck(checking(generationId), 0, refused)).toBe('changed')
      expect(await store.connections.find('acme')).toMatchObject({
        status: 'invalid',
        invalidSince: tomorrow,
      })
    })

    const note = (id: string, health: 'valid' | 'invalid', now = NOON) =>
      store.connections.noteHealth(id, health, now)

    test('a refused key ends what is not finished; once it is taken again, that goes on where it stood', async () => {
      const generationId = await connectWithUpload('acme')
      await store.uploads.commit(await taken(), progress())
      await note(generationId, 'invalid')
      expect(await store.uploads.find('acme')).toMatchObject({
        ...{ status: 'failed', reason: 'key_refused' },
        steps: [{ status: 'failed', reason: 'key_refused', read: 300 }],
      })
      expect(await take('runner-2', after(NOON, hours(1)))).toBeNull()
      const later = after(NOON, hours(2))
      await note(generationId, 'valid', later)
      expect(await store.uploads.find('acme')).toMatchObject({ status: 'waiting', reason: null })
      const next = await take('runner-2', later)
      expect(next).toMatchObject({ trouble: NONE, steps: progress({ runsFor: hours(2) }).steps })
    })

    test('so does one whose own runner was told that the key is refused, and one that had not begun', async () => {
      const told = await connectWithUpload('acme')
      const refused = { status: 'failed', reason: 'key_refused', wait: null, trouble: NONE } as const
      await store.uploads.release(await taken(), refused)
      const waiting = await connectWithUpload('nordwind')
      for (const id of [told, waiting]) {
        await note(id, 'invalid')
        expect(await store.uploads.ofGeneration(id)).toMatchObject({
          status: 'failed',
          reason: 'key_refused',
        })
        await note(id, 'valid')
        expect(await store.uploads.ofGeneration(id)).toMatchObject({ status: 'waiting', reason: null })
      }
    })

    test('an upload that has ended by itself stays as it is, whatever becomes of the key', async () => {
      const other = await withAddress('nordwind')
      const generationId = await connectWithUpload('acme')
      await store.uploads.release(await taken(), {
        status: 'failed',
        reason: 'not_open',
        wait: null,
        trouble: NONE,
      })
      for (const health of ['invalid', 'valid'] as const) {
        await note(generationId, health)
        expect(await store.uploads.find('acme')).toMatchObject({ status: 'failed', reason: 'not_open' })
        await note(other, health)
        expect(await store.uploads.find('nordwind')).toMatchObject({ status: 'done', reason: null })
      }
      expect(await take()).toBeNull()
    })

    test('a connection warns of what failed, of the address before anything else', async () => {
      const warning = async () =>
        (await store.connections.list({ status: null, after: null, limit: 9 }))[0]?.warning
      await withAddress()
      expect(await warning()).toBeNull()
      const other = { status: 'failed', reason: 'not_open' } as const
      await compare({ step: { status: 'done', reason: null }, upload: other })
      expect(await warning()).toBe('not_open')
      await compare({ step: FAILED, upload: other }, after(tomorrow, hours(24)))
      expect(await warning()).toBe('address_overwritten')
      expect(await store.connections.find('acme')).toMatchObject({
        ...{ status: 'connected', warning: 'address_overwritten' },
      })
      await store.connections.disconnect('acme', OPERATOR, NOON)
      expect(await warning()).toBeNull()
    })

    test('counts are of all uploads, and of addresses that are not registered', async () => {
      expect(await store.uploads.counts()).toEqual({ byStatus: {}, unregistered: {} })
      await withAddress('acme')
      await withAddress('nordwind')
      for (let i = 0; i < 2; i++) await compare({ step: FAILED, upload: FAILED })
      await withAddress('contoso')
      await connectWithUpload('initech')
      expect(await store.uploads.counts()).toEqual({
        byStatus: { failed: 2, done: 1, waiting: 1 },
        unregistered: { address_overwritten: 2 },
      })
    })
  })
}
