import { AsyncLocalStorage } from 'node:async_hooks'
import type { TraceContext } from './trace-context.ts'

const current = new AsyncLocalStorage<TraceContext>()

/** Where in a trace the caller is; null when nobody traces. */
export const currentTrace = (): TraceContext | null => current.getStore() ?? null

/** Runs `work`, and whatever it starts, at this place of a trace. */
export const inTrace = <T>(context: TraceContext, work: () => T): T => current.run(context, work)
