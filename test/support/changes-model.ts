import { setImmediate } from 'node:timers/promises'
import { acceptChanges, type AskedChange } from '../../src/changes/accept.ts'
import type { ChangeDeps } from '../../src/changes/deps.ts'
import { sendSomeChanges } from '../../src/changes/run.ts'
import { createMetrics } from '../../src/observability/metrics.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { after, minutes, seconds } from '../../src/shared/clock.ts'
import { systemRandom } from '../../src/shared/random.ts'
import { StoreUnavailable } from '../../src/store/errors.ts'
import type { ChangeKind, Store } from '../../src/store/port.ts'
import type { UploadDeps } from '../../src/upload/deps.ts'
import { createNarrowings } from '../../src/upload/narrowing.ts'
import { isEnded } from '../../src/upload/progress.ts'
import { createRooms } from '../../src/upload/room.ts'
import { createReadPhone } from '../../src/upload/rules/phones.ts'
import { uploadOne } from '../../src/upload/run.ts'
import type { CallOutcome } from '../../src/wazzup/authorized-call.ts'
import { claimed, connected, keyFor, NOON } from './attempts.ts'
import { DONE, refused } from './changes-at-hand.ts'
import { storeAtHand } from './store-at-hand.ts'

const KINDS = ['users', 'contacts', 'deals'] as const
const UPLOADED = ['users', 'pipelines', 'contacts', 'deals'] as const

type Sender = 'changes' | 'upload'

type Row = { id: string; name: string } & Record<string, unknown>

/** Numbers from 0 up to 1, the same for the same seed. */
function diceOf(seed: number) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Milliseconds after which a request has been given up. */
const REQUEST = seconds(20)

const OPERATOR = { userId: '', userName: 'operator', address: '' }

const nameOf = (one: AskedChange) => `${one.kind} ${String(one.op === 'delete' ? one.id : one.row.id)}`

const NEVER = new Promise<never>(() => undefined)

/** A CRM, a Wazzup that keeps rows, and processes that are killed, all under one number. */
export async function changesModel(seed: number) {
  const dice = diceOf(seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(dice() * from.length)] as T
  const store = await storeAtHand()
  await connected(store, 'acme', 'key-0')
  const crm = new Map<string, Row>()
  const wazzup = new Map<string, string>()
  const under = { way: new Map<string, Sender>() }
  /** Requests that are on their way: for how many more steps, and what ends them. */
  const travelling = new Set<{ steps: number; arrive: () => void }>()
  const seen = { overlaps: [] as string[], kills: 0, reconnects: 0, ends: 0, uploads: 0 }
  /** Nothing promises that Wazzup hears of them: they waited when a reconnect or an end dropped them, or came while it was ended. */
  const forgiven = new Set<string>()
  /** The settings say whether an upload follows a connect, and do not change here. */
  const uploadFollows = seed % 2 === 0
  const outbox: AskedChange[] = []
  const touched = new Set<string>()
  const told = new Set<string>()
  let now = NOON
  let faults = true
  /** The database takes its time to be told a later moment: what is sent meanwhile arrives before it. */
  let leaps = false
  let [version, keys] = [0, 0]
  /** To start an upload once more is to forget whose request of it is on its way: after a reconnect, changes may cross that. */
  let forgets: 'nothing' | 'after a reconnect' | 'requests' = 'nothing'

  const differs = (name: string) => crm.get(name)?.name !== wazzup.get(name)

  const ticks = async () => {
    for (let n = Math.floor(dice() * 4); n > 0; n -= 1) await setImmediate()
  }

  const onItsWay = () =>
    new Promise<void>((arrive) => {
      if (faults && !leaps) travelling.add({ steps: Math.floor(dice() * 6), arrive })
      else arrive()
    })

  /** Those arrive whose time has come. */
  function travel(steps: number) {
    for (const one of travelling) {
      one.steps -= steps
      if (one.steps >= 0) continue
      travelling.delete(one)
      one.arrive()
    }
  }

  /** One request, which reaches Wazzup whether or not who sent it lives on. */
  async function ask(
    op: 'upsert' | 'delete',
    kind: string,
    rows: readonly object[],
    by: Sender,
  ): Promise<CallOutcome> {
    const names = (rows as Row[]).map(({ id }) => `${kind} ${id}`)
    for (const name of names) {
      const other = under.way.get(name)
      // Two uploads at once, of an older apiKey and a newer one, bring the same.
      const isForgotten = forgets === 'requests' && other === 'upload'
      if (other && (other !== 'upload' || by !== 'upload') && !isForgotten)
        seen.overlaps.push(`${other}, ${by}: ${name}`)
      under.way.set(name, by)
    }
    await onItsWay()
    const fault = faults ? dice() : 1
    const isBad = op === 'upsert' && names.some((name) => name.endsWith('x'))
    if (fault > 0.1 && !isBad)
      for (const row of rows as Row[]) {
        if (op === 'upsert') wazzup.set(`${kind} ${row.id}`, row.name)
        else wazzup.delete(`${kind} ${row.id}`)
      }
    for (const name of names) under.way.delete(name)
    if (fault < 0.03) return { kind: 'rate_limited', status: 429, retryAfter: seconds(2) }
    if (fault < 0.15) return { kind: 'unavailable', status: 502, code: 'server_error', maybeDone: true }
    if (fault < 0.17) return { kind: 'key_refused', status: 401, code: null }
    return isBad ? refused('INVALID') : DONE
  }

  /** A process: once it is killed, nothing that it waits for comes back to it. */
  function startProcess() {
    const life = { isOver: false }
    const isOver = () => life.isOver
    const living = async <T>(work: () => Promise<T>): Promise<T> => {
      if (isOver()) return NEVER
      const done = await work()
      return isOver() ? NEVER : done
    }
    const guard = <T extends object>(part: T): T =>
      new Proxy(part, {
        get: (target, name) => {
          const method = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>
          return (...args: unknown[]) => living(() => method.apply(target, args))
        },
      })
    const guarded = { ...store, uploads: guard(store.uploads), changes: guard(store.changes) } as Store
    const common = {
      ...{ store: guarded, readPhone: createReadPhone(null), random: systemRandom, jitter: () => 0 },
      ...{ clock: () => now, monotonic: () => now.getTime(), log: createLogger('silent') },
      entities: {
        ids: async (kind: string) => {
          const all = [...wazzup.keys()].filter((name) => name.startsWith(kind))
          return { kind: 'read' as const, ids: new Set(all.map((name) => name.slice(kind.length + 1))) }
        },
        count: async () => null,
      },
    }
    const changes: ChangeDeps = {
      ...common,
      upsert: (kind, rows) => living(() => ask('upsert', kind, rows, 'changes')),
      remove: (kind, rows) => living(() => ask('delete', kind, rows, 'changes')),
      ...{ narrowings: createNarrowings(() => now.getTime()), meter: createMetrics().changes },
    }
    const upload: UploadDeps = {
      ...common,
      upsert: (kind, rows) => living(() => ask('upsert', kind, rows, 'upload')),
      webhooks: { read: () => Promise.reject(new Error()), change: () => Promise.reject(new Error()) },
      webhooksUrl: null,
      source: {
        page: async ({ kind }) => {
          await ticks()
          const items = [...crm].filter(([name]) => name.startsWith(kind)).map(([, row]) => row)
          await ticks()
          return { kind: 'page', page: { items, next: null, total: null } }
        },
        close: async () => undefined,
      },
      ...{ narrowings: createNarrowings(() => now.getTime()), rooms: createRooms(() => now.getTime()) },
      meter: createMetrics().upload,
    }
    return { life, changes, upload }
  }

  const processes = [startProcess(), startProcess()]

  /** A worker has its turn. Where the database keeps it waiting for too long, it has none. */
  const work = (process: (typeof processes)[number], what: 'changes' | 'upload'): Promise<unknown> => {
    const turn = what === 'changes' ? sendSomeChanges(process.changes) : uploadOne(process.upload)
    return turn.catch((error: unknown) => {
      if (!(error instanceof StoreUnavailable)) throw error
    })
  }

  function change() {
    const kind = pick<ChangeKind>(KINDS)
    const id = `${Math.floor(dice() * 12)}${dice() < 0.1 ? 'x' : ''}`
    const name = `${kind} ${id}`
    touched.add(name)
    forgiven.delete(name)
    if (dice() < 0.3) {
      crm.delete(name)
      outbox.push({ kind, op: 'delete', id })
      return
    }
    version += 1
    const row = {
      ...{ id, name: `v${version}`, responsibleUserId: 'u', contacts: ['c'], closed: false },
      contactData: [{ chatType: 'whatsapp', chatId: '79011112233' }],
    }
    crm.set(name, row)
    outbox.push({ kind, op: 'upsert', row })
  }

  async function flush() {
    if (outbox.length === 0) return
    const sent = outbox.slice()
    const accepted = await acceptChanges('acme', sent, { store, random: systemRandom, clock: () => now })
    const isEnded = (await store.connections.find('acme'))?.status === 'disconnected'
    if (accepted.kind !== 'accepted' && !isEnded) return
    outbox.splice(0, sent.length)
    if (isEnded) for (const one of sent) forgiven.add(nameOf(one))
  }

  async function connect() {
    await noteTold()
    if (forgets === 'after a reconnect') forgets = 'requests'
    keys += 1
    seen.reconnects += 1
    // An upload brings what the CRM has, and says nothing of what it has not.
    if (uploadFollows)
      for (const name of touched) {
        if (crm.has(name)) forgiven.delete(name)
        else forgiven.add(name)
      }
    await store.exchanges.record({
      ...keyFor(await claimed(store, 'acme'), `key-${keys}`, uploadFollows),
      now,
    })
  }

  /** By an operator, or as another CRM account has the apiKey now. */
  async function end() {
    await noteTold()
    seen.ends += 1
    const key = await store.keys.current('acme')
    if (!key) return
    if (dice() < 0.5) await store.connections.disconnect('acme', OPERATOR, now)
    else await connected(store, `rival-${seen.ends}`, `key-${keys}`)
    for (const name of touched) if (under.way.has(name) || differs(name)) forgiven.add(name)
  }

  async function startUpload() {
    await noteTold()
    if (forgets === 'nothing') forgets = 'after a reconnect'
    seen.uploads += Number(await store.uploads.start('acme', UPLOADED, now))
  }

  async function pass(ms: number) {
    // A request is over long before a lease is.
    leaps = ms > REQUEST
    if (leaps) await allArrive()
    // The database first: a lease that was lengthened just before is as old for who holds it.
    const later = after(now, ms)
    await store.setTime(later)
    now = later
    leaps = false
  }

  async function allArrive() {
    while (under.way.size > 0) {
      travel(Infinity)
      await setImmediate()
    }
  }

  async function heal() {
    const key = await store.keys.current('acme')
    if (key) await store.connections.noteHealth(key.generationId, 'valid', now)
  }

  async function step() {
    const which = dice()
    if (which < 0.4) for (let n = 1 + Math.floor(dice() * 4); n > 0; n -= 1) change()
    else if (which < 0.65) void work(pick(processes), 'changes')
    else if (which < 0.75) void work(pick(processes), 'upload')
    else if (which < 0.78) await startUpload()
    else if (which < 0.81) await connect()
    else if (which < 0.82) await end()
    else if (which < 0.85) kill()
    else if (which < 0.95) await pass(pick([seconds(1), seconds(10), minutes(3)]))
    else await heal()
    await flush()
    travel(1)
    await ticks()
  }

  function kill() {
    const at = Math.floor(dice() * processes.length)
    const process = processes[at]
    if (process) process.life.isOver = true
    processes[at] = startProcess()
    seen.kills += 1
  }

  /** Faults end, and all that was under way. */
  async function settle() {
    faults = false
    await comeToRest()
    faults = true
    forgets = 'nothing'
  }

  async function comeToRest() {
    await allArrive()
    if (!(await store.keys.current('acme'))) await connect()
    for (let round = 0; round < 300; round += 1) {
      await heal()
      await flush()
      const upload = await store.uploads.find('acme')
      if (upload?.status === 'failed') await startUpload()
      await Promise.all(processes.flatMap((one) => [work(one, 'upload'), work(one, 'changes')]))
      const [changes, later] = [await store.changes.find('acme'), await store.uploads.find('acme')]
      if (changes?.waiting === 0 && outbox.length === 0 && (!later || isEnded(later))) return
      await pass(minutes(3))
    }
    throw new Error('it never comes to rest')
  }

  /** Rejects of an upload are there until it begins once more, or its keys are not current any more. */
  async function noteTold() {
    const upload = await store.uploads.find('acme')
    const all = { after: 0, limit: 100_000 }
    const rejects = [
      ...(await store.changes.rejects('acme', all)),
      ...(upload ? await store.uploads.rejects(upload.generationId, all) : []),
    ]
    for (const { kind, rowId } of rejects) told.add(`${kind} ${rowId}`)
  }

  /** Where Wazzup differs from the CRM, and nobody was told why. */
  async function differences() {
    await noteTold()
    return [...touched].filter((name) => {
      if (!differs(name) || forgiven.has(name)) return false
      return !(crm.has(name) && name.endsWith('x') && told.has(name))
    })
  }

  return { step, kill, settle, differences, seen }
}
