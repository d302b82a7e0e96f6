import { z } from 'zod'

/** Ends the parsing: says what is wrong, and what to do if not the setting's usual hint. Never quotes the value. */
export type Refuse = (problem: string, hint?: string) => never

class Refusal extends Error {
  readonly hint: string | undefined

  constructor(problem: string, hint: string | undefined) {
    super(problem)
    this.hint = hint
  }
}

const refuse: Refuse = (problem, hint) => {
  throw new Refusal(problem, hint)
}

/** A setting whose text is turned into its value by `parse`, or refused by it. */
export function parsedText<T>(parse: (text: string, refuse: Refuse) => T) {
  return z.string().transform((text, context): T => {
    try {
      return parse(text, refuse)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      context.addIssue({ code: 'custom', message: error.message, params: { hint: error.hint } })
      return z.NEVER
    }
  })
}
