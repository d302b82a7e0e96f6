/** How a call ends that has taken too long: `transportCode` knows it by its name. */
class TooLate extends Error {
  override readonly name = 'TimeoutError'
}

interface Limits {
  /** Milliseconds. */
  deadline: number
  /** Ends it early. */
  signal?: AbortSignal | undefined
}

/**
 * Does what a signal ends at a deadline. One of `AbortSignal.timeout` lives until the deadline, long after the answer: there were
 * thousands of them in an upload.
 */
export async function withDeadline<T>(
  { deadline, signal: outer }: Limits,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ends = new AbortController()
  const late = setTimeout(() => {
    ends.abort(new TooLate('There was no whole answer in time'))
  }, deadline)
  const pass = () => {
    ends.abort(outer?.reason)
  }
  if (outer?.aborted) pass()
  outer?.addEventListener('abort', pass, { once: true })
  try {
    return await work(ends.signal)
  } finally {
    clearTimeout(late)
    outer?.removeEventListener('abort', pass)
  }
}
