import { minutes, seconds } from '../../src/shared/clock.ts'
import type { Dice } from './dice.ts'

/** What is so for a whole run. Each run has its own selection of troubles: with all of them at once each hides others. */
export interface Conditions {
  replicas: number
  /** After each of them all comes to rest, and is looked at. */
  rounds: number
  /** In each round. */
  people: number
  /** CRM accounts and Wazzup accounts; few, so that they meet. */
  crmAccounts: readonly string[]
  wazzupAccounts: readonly string[]
  /** Open questions about Wazzup (fact sheet, 2.3). */
  olderKeyDies: boolean
  /** How often an account that connects again is given the apiKey that it has. */
  sameKeyAgain: number
  stateReuse: 'refused' | 'same-key'
  /** Parts of all requests to Wazzup. */
  lostAnswers: number
  slowAnswers: number
  refusals: number
  busy: number
  /** Parts of all calls of the store whose answer takes long. */
  slowStore: number
  /** The longest pause between two troubles, in milliseconds. */
  longestPause: number
  kills: boolean
  stalls: boolean
  clockSteps: boolean
  storeOutages: boolean
  disconnects: boolean
  /** Links that were handed on: a state that several CRM accounts confirm. */
  sharedStates: boolean
  /** An operator rotates the encryption key, once in each round. */
  rotations: boolean
  /** A later release changes the schema. */
  migrations: boolean
}

/** What may change under a run, besides all that goes wrong: asked for, as older seeds have runs without it. */
export interface Changes {
  rotations: boolean
  migrations: boolean
}

export const NO_CHANGES: Changes = { rotations: false, migrations: false }
export const ALL_CHANGES: Changes = { rotations: true, migrations: true }

/** The longest step of a clock, in milliseconds, in either direction. */
export const LONGEST_STEP = minutes(60)

export function conditionsOf(dice: Dice, changes: Changes): Conditions {
  const some = (part: number) => (dice.chance(0.7) ? part : 0)
  return {
    replicas: dice.within(2, 3),
    rounds: dice.within(1, 3),
    people: dice.within(1, 5),
    crmAccounts: ['acme', 'nordwind', 'zeta'].slice(0, dice.within(1, 3)),
    wazzupAccounts: ['W1', 'W2', 'W3'].slice(0, dice.within(1, 3)),
    olderKeyDies: dice.chance(0.5),
    sameKeyAgain: dice.one([0, 0.5, 1]),
    stateReuse: dice.chance(0.8) ? 'refused' : 'same-key',
    lostAnswers: some(0.3),
    slowAnswers: some(0.4),
    refusals: some(0.2),
    busy: some(0.15),
    slowStore: some(0.1),
    longestPause: dice.one([seconds(20), seconds(60), seconds(180)]),
    kills: dice.chance(0.6),
    stalls: dice.chance(0.6),
    clockSteps: dice.chance(0.6),
    storeOutages: dice.chance(0.5),
    disconnects: dice.chance(0.6),
    sharedStates: dice.chance(0.4),
    rotations: changes.rotations && dice.chance(0.9),
    migrations: changes.migrations && dice.chance(0.7),
  }
}
