import { one, read, sql, type Steps } from './operation.ts'

const TIME = sql<{ now: number }>('SELECT {now} AS now')

/** The database's own time in milliseconds, which its processes share. */
export const databaseTime = read(function* (): Steps<number> {
  return (yield* one(TIME))?.now ?? 0
})
