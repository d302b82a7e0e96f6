import type { SettingsSource } from '../../config/text-value.ts'
import { errorFields } from '../../observability/error-fields.ts'
import type { Settings } from '../../settings.ts'
import { systemClock } from '../../shared/clock.ts'
import { inspectStore } from '../../store/index.ts'
import { createAsk } from './ask.ts'
import { failure, skip, type Check, type CheckContext, type Finding, type Part } from './check.ts'

/** A finding with the check that it is of. */
export interface Line extends Finding {
  name: string
  title: string
}

/** Makes all checks at once; each line comes as soon as it and all before it are known. */
export async function* runChecks(
  checks: readonly Check[],
  context: CheckContext,
  offline: boolean,
): AsyncGenerator<Line> {
  const running = checks.map((check) =>
    check.network && offline ? Promise.resolve(skip('not tried: --offline')) : run(check, context),
  )
  for (const [index, check] of checks.entries()) {
    for (const finding of [(await running[index]) ?? []].flat()) yield lineOf(check, finding)
  }
}

function lineOf({ name, title }: Check, { status, says, next, part = null }: Finding & Partial<Part>): Line {
  const found = { status, says, next }
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
  const ask = createAsk(systemClock)
  return {
    ...{ accessLogs: [], slowest: null, ...parts },
    ask,
    clock: systemClock,
    inspection: once(() => inspectStore(settings)),
    home: once(() => ask(new URL('/wauth', settings.publicUrl))),
    wazzup: once(() => ask(new URL('/v3/channels', settings.wazzup.apiUrl))),
  }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}
