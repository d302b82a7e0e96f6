/** What a process does when the one that started it asks: by the name of the question. */
export type Answers = Record<string, (value: never) => unknown>

/** One question of the parent, and what comes back. */
export interface Question {
  id: number
  name: string
  value: unknown
}
export type Answer = { id: number; value: unknown } | { id: number; error: string }

/** Answers the parent's questions; the ones without a name here are left to others. */
export function answerParent(answers: Answers): void {
  process.on('message', ({ id, name, value }: Question) => {
    const answer = answers[name]
    if (!answer) return
    void Promise.resolve()
      .then(() => answer(value as never))
      .then(
        (result): Answer => ({ id, value: result }),
        (error: unknown): Answer => ({ id, error: String(error instanceof Error ? error.stack : error) }),
      )
      .then((told) => process.send?.(told))
  })
}
