/** How long the engine waits, in milliseconds. The server keeps those of locks and statements, the driver the others. */
export const milliseconds = {
  connect: 2000,
  lock: 2000,
  statement: 2300,
  /** Behind others of this process. */
  turn: 1500,
  /** A server that is gone does not keep its own deadlines. */
  answer: 2500,
  /** All statements of a transaction together. */
  transaction: 2900,
  idleInTransaction: 5000,
  /** For a look through a whole table, at a start or by a command: nobody waits for an answer meanwhile. */
  walk: 600_000,
  /** After that long, a conflict is no longer tried again. */
  retry: 1500,
} as const

/** What a caller may have to wait for at the worst: one statement; a transaction that has to be alone. */
export const longest = {
  statement: milliseconds.connect + milliseconds.answer,
  commit: milliseconds.turn + milliseconds.retry + milliseconds.connect + milliseconds.transaction,
} as const
