import { describe, test } from 'vitest'

/** For what `npm test` has a shorter case of: `npm run test:long` tries it. */
export const LONG = { tags: ['long'] }

type Body = (...row: unknown[]) => void
type Make = (rows: readonly unknown[], title: string, options: object, body: Body) => void

const first = (make: Make, count: number) => (rows: readonly unknown[]) => {
  return (title: string, ...rest: [Body] | [object, Body]) => {
    const [options, body] = rest.length === 1 ? [{}, rest[0]] : rest
    make(rows.slice(0, count), title, options, body)
    make(rows.slice(count), title, { ...options, ...LONG }, body)
  }
}

/** `test.each` with one row of each kind in front: so many of them are for `npm test`, the others for `npm run test:long`. */
export const eachOfFirst = (count: number) =>
  first((rows, title, options, body) => {
    test.each(rows)(title, options, body)
  }, count) as typeof test.each

/** The same with `describe.each`. */
export const describeFirst = (count: number) =>
  first((rows, title, options, body) => {
    describe.each(rows)(title, options, body)
  }, count) as typeof describe.each
