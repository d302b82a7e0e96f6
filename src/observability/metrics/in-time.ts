import { setTimeout } from 'node:timers/promises'

/** What `ask` resolves to; undefined when it fails, or does not answer within `deadline` milliseconds. */
export async function inTime<T>(ask: () => Promise<T>, deadline: number): Promise<T | undefined> {
  const answered = new AbortController()
  const tooLate = setTimeout(deadline, undefined, { signal: answered.signal, ref: false })
  try {
    return await Promise.race([ask(), tooLate])
  } catch {
    return undefined
  } finally {
    answered.abort()
  }
}
