/** Names of the fields of a row that are wrong. */
export type Check = (row: Record<string, unknown>) => string[]

type Test = (value: unknown) => boolean

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A text of 1 to `limit` characters. */
export const text =
  (limit: number): Test =>
  (value) =>
    typeof value === 'string' && value !== '' && value.length <= limit

/** An id, which may be a number. */
export const identifier =
  (limit: number): Test =>
  (value) =>
    text(limit)(typeof value === 'number' ? String(value) : value)

/** May be left out, or is empty, or passes. */
export const optional =
  (test: Test): Test =>
  (value) =>
    value === undefined || value === null || test(value)

export const list =
  (test: Test, [least, most]: readonly [number, number]): Test =>
  (value) =>
    Array.isArray(value) && value.length >= least && value.length <= most && value.every(test)

export const flag: Test = (value) => typeof value === 'boolean'

/** Checks a row field by field. */
export const fields =
  (tests: Record<string, Test>): Check =>
  (row) =>
    Object.entries(tests)
      .filter(([name, test]) => !test(row[name]))
      .map(([name]) => name)
