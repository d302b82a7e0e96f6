/**
 * Loaded into the real service before anything else. Kills it at the point that KILL_AT names, the way a power cut
 * would: nothing runs after. TIME_AHEAD moves its clock, so that a test need not wait for a lease to end.
 */
import { subscribe } from 'node:diagnostics_channel'
import { watchPostgres } from './kill-at/postgres.ts'
import { watchSqlite } from './kill-at/sqlite.ts'

const { KILL_AT, TIME_AHEAD } = process.env

const reach = (point: string) => {
  if (point === KILL_AT) process.kill(process.pid, 'SIGKILL')
}

if (TIME_AHEAD !== undefined) {
  const ahead = Number(TIME_AHEAD)
  const RealDate = Date
  globalThis.Date = class extends RealDate {
    constructor(...args: [] | [string | number | Date]) {
      super(args.length === 0 ? RealDate.now() + ahead : args[0])
    }
    static override now = () => RealDate.now() + ahead
  } as DateConstructor
}

watchSqlite(reach)
watchPostgres(reach)

const onConnect = (point: string) => (message: unknown) => {
  const { request } = message as { request: { path: string; origin?: string } }
  if (request.path === '/v3/connect') reach(point)
}
subscribe('undici:request:create', onConnect('call:before'))
subscribe('undici:request:bodySent', onConnect('call:sent'))
subscribe('undici:request:headers', onConnect('call:answering'))
subscribe('undici:request:trailers', onConnect('call:answered'))
