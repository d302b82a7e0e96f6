/**
 * Loaded into a command before anything else. Kills it before or after the first call that KILL_AT_CALL names, `before linkSync` or
 * `after query COMMIT`, the way a power cut would: nothing runs after.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import pg from 'pg'

const [when, name = '', words] = (process.env['KILL_AT_CALL'] ?? '').split(/ (\w+) ?/)
const die = () => process.kill(process.pid, 'SIGKILL')

type Call = (...args: unknown[]) => unknown

function watch(on: Record<string, Call>) {
  const real = on[name]
  if (!real) return
  on[name] = function (this: unknown, ...args) {
    const isIt = words === undefined || words === '' || String(args[0]).includes(words)
    if (isIt && when === 'before') die()
    const result = real.apply(this, args)
    if (isIt && when === 'after') {
      if (result instanceof Promise) void result.then(die)
      else die()
    }
    return result
  }
}

watch(fs as unknown as Record<string, Call>)
watch(pg.Client.prototype as unknown as Record<string, Call>)
syncBuiltinESMExports()
