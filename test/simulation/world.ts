import { after } from '../../src/shared/clock.ts'
import type { Store } from '../../src/store/port.ts'
import { NOON } from '../support/attempts.ts'
import type { SchemaChange } from '../support/later-release.ts'
import type { Conditions } from './conditions.ts'
import type { Dice } from './dice.ts'
import type { KeyIds } from './keys-in-use.ts'
import type { Oracle } from './oracle.ts'
import type { Replica } from './replica.ts'
import type { Actor, Scheduler } from './scheduler.ts'
import type { Trace } from './trace.ts'
import type { SimulatedWazzup } from './wazzup.ts'

/** `before`: the database takes nothing. `after`: it does what it is asked to, and the answer is lost. */
export type Trouble = 'before' | 'after' | null

/** Where one process of the service runs after the other. */
export interface Machine {
  /** How far its wall clock is ahead, in milliseconds. */
  ahead: number
  /** What `ENCRYPTION_KEYS` says for a process that starts. */
  keys: KeyIds
  /** The latest one. */
  process: Replica | null
}

/** Everything that one run is made of. */
export interface World {
  dice: Dice
  conditions: Conditions
  scheduler: Scheduler
  trace: Trace
  oracle: Oracle
  wazzup: SimulatedWazzup
  machines: readonly Machine[]
  /** All that were ever started. */
  replicas: Replica[]
  /** The operator has begun what cannot be left half done. */
  operatorIsBusy: boolean
  /** States of all links that people were given. */
  links: string[]
  /**
   * The store of the run, as it lies in the database. All replicas share it: their calls come one at a time, so that connections
   * of their own would change nothing.
   */
  engine: Store
  /** The same, opened with all encryption keys that there will ever be. */
  store: Store
  /** Does what the migration of a later release does. */
  migrate: (change: SchemaChange) => Promise<void>
  /** What is left for it to do. */
  migrationsLeft: SchemaChange[]
  /** Tells the database what the time is. */
  setStoreTime(): Promise<void>
  /** The time that a clock shows which is so many milliseconds ahead. */
  wallClock(ahead: number): Date
  troubleOfStore: () => Trouble
  /** Told of the moments in which most can be lost: a replica has claimed something, or Wazzup has accepted it. */
  atStake: (replica: Actor) => void
  /** For errors that somebody with these encryption keys may meet: any other one is a mistake. */
  expectUnavailable: (keys: KeyIds) => (error: unknown) => void
}

/** The true time, as a date. */
export const timeAt = (now: number) => after(NOON, now)
