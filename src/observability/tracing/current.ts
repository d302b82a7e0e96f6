import type { AsyncLocalStorage } from 'node:async_hooks'
import type { TraceContext } from './trace-context.ts'

/**
 * Made by the first trace, if one comes: from then on Node hands something on with every step of every request. Just to import
 * the class is enough for that.
 */
let current: AsyncLocalStorage<TraceContext> | null = null

function make() {
  const hooks = process.getBuiltinModule('node:async_hooks')
  return new hooks.AsyncLocalStorage<TraceContext>()
}

/** Where in a trace the caller is; null when nobody traces. */
export const currentTrace = (): TraceContext | null => current?.getStore() ?? null

/** Runs `work`, and whatever it starts, at this place of a trace. */
export const inTrace = <T>(context: TraceContext, work: () => T): T => (current ??= make()).run(context, work)
