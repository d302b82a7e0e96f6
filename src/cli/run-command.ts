import { explain } from './exit.ts'

/** Makes an action of a command: what it throws is explained on standard error and decides the exit code. */
export const action =
  <A extends unknown[]>(work: (...args: A) => Promise<void> | void) =>
  async (...args: A): Promise<void> => {
    try {
      await work(...args)
    } catch (error) {
      process.exitCode = explain(error)
    }
  }
