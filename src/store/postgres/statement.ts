import { digest } from '../../crypto/digest.ts'

/** The server's time in milliseconds. Stable within a statement, so that an index can be searched by it. */
const NOW = 'CAST(extract(epoch FROM statement_timestamp()) * 1000 AS bigint)'

/** One SQL text with its name, by which every connection prepares it once. `Row` is what it yields. */
export interface Statement<Row> {
  name: string
  text: string
  parameters: readonly string[]
  /** Never there: it only carries the type. */
  row?: Row
}

/** Makes a statement of an SQL text whose parameters are written `@name`, and the server's time `{now}`: see `sql/operation.ts`. */
export function statement<Row = never>(sql: string): Statement<Row> {
  const parameters: string[] = []
  const text = sql.replaceAll('{now}', NOW).replaceAll(/@(\w+)/g, (_, name: string) => {
    if (!parameters.includes(name)) parameters.push(name)
    return `$${parameters.indexOf(name) + 1}`
  })
  return { name: `wauth_${digest(text).slice(0, 32)}`, text, parameters }
}

/** The values of a statement in the order of its parameters; others may stand beside them. */
export const valuesOf = ({ parameters }: Statement<unknown>, values: object): unknown[] =>
  parameters.map((name) => (name in values ? storable((values as Record<string, unknown>)[name]) : null))

/** The server's text cannot hold U+0000, which a hostile CRM may put into an id that is only kept to be shown. */
export const storable = (value: unknown) =>
  typeof value === 'string' ? value.replaceAll('\u0000', '\uFFFD') : value
