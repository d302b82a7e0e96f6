/** How long the engine waits, in milliseconds. The server keeps those of locks and statements, the driver the others. */
export const milliseconds = {
  connect: 2000,
  lock: 2000,
  statement: 2300,
  /** A server that is gone does not keep its own deadlines. */
  answer: 2500,
  idleInTransaction: 5000,
} as const
