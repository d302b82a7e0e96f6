/** How much is measured. */
export interface Scale {
  /** Pairs of rounds: many where a round is short, few where it is long, one where nothing varies. */
  pairs: { short: number; long: number; once: number }
  /** Milliseconds of load in one round, and requests before the first one: Node compiles what is used often. */
  load: number
  warmUp: number
  /** Milliseconds after which what only a start needed has been let go. */
  idle: number
  /** Connections in the smaller and the larger database. */
  connections: { few: number; many: number }
  /** Look-ups of one round in process. */
  lookups: number
  /** Installs of one round, and how many customers are under way at a time. */
  installs: number
  /** Contacts of one upload. */
  contacts: number
  /** Events of each of the few connections in one round. */
  events: number
}

/** For figures that are told to people. */
export const FULL: Scale = {
  pairs: { short: 10, long: 3, once: 1 },
  load: 1000,
  warmUp: 20_000,
  idle: 1500,
  connections: { few: 1000, many: 1_000_000 },
  lookups: 5000,
  installs: 40,
  contacts: 100_000,
  events: 5,
}

/** Proves within a minute that everything can be measured; its figures say nothing. */
export const QUICK: Scale = {
  pairs: { short: 1, long: 1, once: 1 },
  load: 200,
  warmUp: 1,
  idle: 100,
  connections: { few: 100, many: 1000 },
  lookups: 200,
  installs: 4,
  contacts: 1000,
  events: 2,
}
