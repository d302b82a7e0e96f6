import type { SettingsSource } from '../../config/text-value.ts'
import { errorFields } from '../../observability/error-fields.ts'
import type { Settings } from '../../settings.ts'
import { systemClock, systemMonotonic } from '../../shared/clock.ts'
import { inspectStore } from '../../store/index.ts'
import { createAsk } from './ask.ts'
import { madeUpState } from './made-up-state.ts'
import { failure, skip, type Check, type CheckContext, type Finding, type Part } from './check.ts'

/** A finding with the check that it is of. */
export interface Line extends Finding {
  name: string
  title: string
}

/** Makes all checks at once; the lines of each come as soon as they and all before them are known. */
export async function* runChecks(
  checks: readonly Check[],
  context: CheckContext,
  offline: boolean,
): AsyncGenerator<Line[]> {
  const running = checks.map((check) =>
    check.network && offline ? Promise.resolve(skip('not tried: --offline')) : run(check, context),
  )
  for (const [index, check] of checks.entries()) {
    yield [(await running[index]) ?? []].flat().map((finding) => lineOf(check, finding))
  }
}

function lineOf({ name, title }: Check, { part = null, ...found }: Finding & Partial<Part>): Line {
  return part === null
    ? { name, title, ...found }
    : { name: `${name}-${part}`, title: `${title}, ${part}`, ...found }
}

/** A check that breaks down is a finding, not the end of the others. */
async function run(check: Check, context: CheckContext): Promise<Finding | Part[]> {
  try {
    return await check.run(context)
  } catch (error) {
    const { code, name } = errorFields(error)
    return failure(
      `the check itself failed (${code ?? name})`,
      'Run it again; if it stays, report this as a bug.',
    )
  }
}

export interface ContextParts {
  settings: Settings
  source: SettingsSource
  account: string | null
  tenantHost: string | null
  accessLogs?: readonly string[]
  slowest?: number | null
}

/** What the checks share. Nothing is asked before a check wants to know. */
export function createContext(parts: ContextParts): CheckContext {
  const { settings } = parts
  const ask = createAsk(systemClock, settings.wayOut)
  const there = visitTo(settings)
  const firstVisit = once(() => ask(there))
  return {
    ...{ accessLogs: [], slowest: null, ...parts },
    ask,
    clock: systemClock,
    monotonic: systemMonotonic,
    inspection: once(() => inspectStore(settings)),
    home: once(() => ask(new URL('/wauth', settings.publicUrl))),
    visit: (cookie) => (cookie === undefined ? firstVisit() : ask(there, { cookie })),
    wazzup: once(() => ask(new URL('/v3/channels', settings.wazzup.apiUrl))),
  }
}

function visitTo({ publicUrl, wazzup }: Settings): URL {
  const url = new URL('/wauth', publicUrl)
  url.searchParams.set('state', madeUpState(wazzup.crmCode))
  return url
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}
