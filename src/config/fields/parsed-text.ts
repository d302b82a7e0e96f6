import { z } from 'zod'
import { firstInvisible } from '../../shared/visible-text.ts'
import { nameOfCharacter } from '../character-name.ts'

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
      const value = parse(text, refuse)
      refuseLeftovers(text, refuse)
      return value
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      context.addIssue({ code: 'custom', message: error.message, params: { hint: error.hint } })
      return z.NEVER
    }
  })
}

/** Around the whole value: `docker run --env-file` and systemd keep the quotes that a shell and `.env` take away. */
const QUOTED = /^(["'])[^]*\1$/

const WITHOUT_QUOTES = 'Write the value without quotes: not every reader takes them away.'

/** Refuses what the format of a file has left in a value. What stands at the ends, or behind a comma, each field knows. */
function refuseLeftovers(text: string, refuse: Refuse): void {
  const inside = text.trim().replace(/,\s+/g, ',')
  const unseen = firstInvisible(inside)
  // Copied along from a page, a terminal or a file of Windows.
  if (unseen !== null) refuse(`has ${nameOfCharacter(unseen)}`, 'Look for a copying mistake.')
  if (QUOTED.test(inside)) refuse('has quotes around it', WITHOUT_QUOTES)
}

/** Refuses an item of a list that has a quote at one of its ends. */
export function refuseQuotes(item: string, refuse: Refuse): void {
  if (/^["']|["']$/.test(item)) refuse('has an item with a quote at its end', WITHOUT_QUOTES)
}
