/** Answers several questions at once, in their order; each by itself where a promise stands in its place. */
export type AnswerAll<Asked, Found> = (all: readonly Asked[]) => Promise<readonly (Found | Promise<Found>)[]>

/**
 * One query instead of many: questions that arrive in the same tick of the event loop are answered together at its end. A
 * caller sees everything that was committed before it asked. If the query fails, every caller gets the error.
 */
export const batchPerTick = <Asked, Found>(answerAll: AnswerAll<Asked, Found>) => batched(answerAll, false)

/** The same, one query at a time: what comes while one is under way shares the next. */
export const batchInTurn = <Asked, Found>(answerAll: AnswerAll<Asked, Found>) => batched(answerAll, true)

function batched<Asked, Found>(
  answerAll: AnswerAll<Asked, Found>,
  inTurn: boolean,
): (asked: Asked) => Promise<Found> {
  let waiting: Question<Asked, Found>[] = []
  let mustWait = false
  const answer = async () => {
    const all = waiting
    waiting = []
    mustWait = inTurn
    try {
      const found = await answerAll(all.map(({ asked }) => asked))
      for (const [i, { resolve }] of all.entries()) resolve(found[i] as Found)
    } catch (error) {
      for (const { reject } of all) reject(error)
    }
    if (!inTurn) return
    mustWait = false
    if (waiting.length > 0) soon()
  }
  const soon = () => setImmediate(() => void answer())
  return (asked) =>
    new Promise((resolve, reject) => {
      if (waiting.push({ asked, resolve, reject }) === 1 && !mustWait) soon()
    })
}

interface Question<Asked, Found> {
  asked: Asked
  resolve: (found: Found | Promise<Found>) => void
  reject: (error: unknown) => void
}
