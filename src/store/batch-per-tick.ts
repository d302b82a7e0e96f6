/** Answers several questions at once, in their order; each by itself where a promise stands in its place. */
export type AnswerAll<Asked, Found> = (all: readonly Asked[]) => Promise<readonly (Found | Promise<Found>)[]>

/**
 * One query instead of many: questions that arrive in the same tick of the event loop are answered together at its end. A
 * caller sees everything that was committed before it asked. If the query fails, every caller gets the error.
 */
export function batchPerTick<Asked, Found>(
  answerAll: AnswerAll<Asked, Found>,
): (asked: Asked) => Promise<Found> {
  let waiting: Question<Asked, Found>[] = []
  const answer = async () => {
    const all = waiting
    waiting = []
    try {
      const found = await answerAll(all.map(({ asked }) => asked))
      for (const [i, { resolve }] of all.entries()) resolve(found[i] as Found)
    } catch (error) {
      for (const { reject } of all) reject(error)
    }
  }
  return (asked) =>
    new Promise((resolve, reject) => {
      if (waiting.push({ asked, resolve, reject }) === 1) setImmediate(() => void answer())
    })
}

interface Question<Asked, Found> {
  asked: Asked
  resolve: (found: Found | Promise<Found>) => void
  reject: (error: unknown) => void
}
