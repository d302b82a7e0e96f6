import type { Random } from '../shared/random.ts'

const shape = /^([\w-]{22})\.[\w-]{43}$/

/**
 * The value that goes to the CRM with the browser and comes back: unguessable, good for one round, and it names the
 * attempt, so that the answer finds its way home before anything in it is believed.
 */
export const newTag = (attemptId: string, random: Random) => `${attemptId}.${random(32)}`

/** The attempt that a tag names; null for anything that is no tag. */
export function attemptIn(tag: unknown): string | null {
  return typeof tag === 'string' ? (shape.exec(tag)?.[1] ?? null) : null
}

/** The value of a parameter that must come exactly once; of two, nobody knows which one others have read. */
export function onlyValue(params: URLSearchParams, name: string): string | null {
  const [value, ...more] = params.getAll(name)
  return value === undefined || more.length > 0 ? null : value
}
