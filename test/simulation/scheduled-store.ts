import { seconds } from '../../src/shared/clock.ts'
import { StoreUnavailable } from '../../src/store/errors.ts'
import type { Store } from '../../src/store/port.ts'
import type { KeyIds } from './keys-in-use.ts'
import type { Call } from './oracle.ts'
import type { Actor } from './scheduler.ts'
import type { World } from './world.ts'

type Method = (...args: unknown[]) => Promise<unknown>

const unavailable = () =>
  new StoreUnavailable('The database could not do it now', { code: 'storage_unavailable', hint: 'Wait.' })

/** A worker that looked for work, a look-up, what a rotation goes through: too many to be told. */
const foundNothing = ({ name }: Pick<Call, 'name'>, result: unknown) =>
  /^seal(ingKeys|edValues)\./.test(name) ||
  (/\.(claimDue|claimProbe)$/.test(name) && result === null) ||
  (name === 'cleanUp' && result === 0) ||
  /^(keys\.find|proveWritable)$/.test(name)

/** The replica has an exchange now, and is about to send it. */
const isTaken = ({ name }: Pick<Call, 'name'>, result: unknown) =>
  (name === 'exchanges.claim' && (result as { kind: string }).kind === 'claimed') ||
  (/^exchanges\.(claimDue|reclaim)$/.test(name) && result !== null)

/** Somebody who has encryption keys. */
export type KeyHolder = Actor & { readonly keys: KeyIds }

/** The store of one replica, or of a command: each call waits for its turn, and may meet a database that is in trouble. */
export function scheduledStore(replica: KeyHolder, store: Store, world: World): Store {
  const { dice, scheduler, trace, oracle, conditions } = world

  async function call(asked: Omit<Call, 'by'>, method: Method): Promise<unknown> {
    const named = () => `${asked.name} ${trace.show(...asked.args)}`
    const work = async () => {
      await world.setStoreTime()
      const trouble = world.troubleOfStore()
      if (trouble === 'before') {
        trace.tell(replica, () => `${named()} → the database is away`)
        throw unavailable()
      }
      const result = await oracle.around({ ...asked, by: replica.keys }, () => method(...asked.args))
      const lost = trouble === 'after' || !replica.alive
      const end = lost ? ' (the answer is lost)' : ''
      if (!foundNothing(asked, result)) trace.tell(replica, () => `${named()} → ${trace.show(result)}${end}`)
      if (trouble !== null) throw unavailable()
      if (isTaken(asked, result)) world.atStake(replica)
      return result
    }
    const result = await scheduler.turn(replica, { outlives: true, work })
    if (dice.chance(conditions.slowStore)) {
      trace.count('late answers of the database')
      await scheduler.sleep(replica, dice.within(0, seconds(5)))
    }
    return result
  }

  const methodOf =
    (name: string, method: Method): Method =>
    (...args) =>
      call({ name, args }, method)
  const each = (part: object, prefix: string): object =>
    Object.fromEntries(
      Object.entries(part).map(([name, value]: [string, unknown]) => [
        name,
        typeof value === 'function'
          ? methodOf(`${prefix}${name}`, value as Method)
          : each(value as object, `${name}.`),
      ]),
    )
  return each(store, '') as Store
}
