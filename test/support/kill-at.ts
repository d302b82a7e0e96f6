/**
 * Loaded into the real service before anything else. Kills it at the point that KILL_AT names, the way a power cut
 * would: nothing runs after. TIME_AHEAD sets its clock wrong, and SIGCONT lets TIME_JUMP pass at once. With TELL_CALLS it
 * says which requests it has sent.
 */
import { subscribe } from 'node:diagnostics_channel'
import { POINTS } from './kill-at/points.ts'
import { watchPostgres } from './kill-at/postgres.ts'
import { watchSqlite } from './kill-at/sqlite.ts'

const { KILL_AT, TIME_AHEAD, TIME_JUMP, TELL_CALLS } = process.env

if (KILL_AT !== undefined && !POINTS.includes(KILL_AT))
  throw new Error(`There is no point ${KILL_AT} to be killed at`)

const reach = (point: string) => {
  if (point === KILL_AT) process.kill(process.pid, 'SIGKILL')
}

if (TIME_AHEAD !== undefined || TIME_JUMP !== undefined) {
  const wrong = Number(TIME_AHEAD ?? 0)
  let passed = 0
  process.on('SIGCONT', () => (passed += Number(TIME_JUMP ?? 0)))
  const monotonic = performance.now.bind(performance)
  performance.now = () => monotonic() + passed
  const RealDate = Date
  globalThis.Date = class extends RealDate {
    constructor(...args: [] | [string | number | Date]) {
      super(args.length === 0 ? RealDate.now() + wrong + passed : args[0])
    }
    static override now = () => RealDate.now() + wrong + passed
  } as DateConstructor
}

watchSqlite(reach)
watchPostgres(reach)

/** `call:` of Wazzup, for a state; `post:` to the receiver of events. */
const onRequest = (point: string) => (message: unknown) => {
  const { path } = (message as { request: { path: string } }).request
  if (path === '/v3/connect') reach(`call:${point}`)
  if (/\/events\b/.test(path)) reach(`post:${point}`)
}
subscribe('undici:request:create', onRequest('before'))
subscribe('undici:request:bodySent', onRequest('sent'))
if (TELL_CALLS !== undefined) {
  subscribe('undici:request:bodySent', (message) => {
    const { path } = (message as { request: { path: string } }).request
    process.stdout.write(`${JSON.stringify({ sent: path })}\n`)
  })
}
subscribe('undici:request:headers', onRequest('answering'))
subscribe('undici:request:trailers', onRequest('answered'))
