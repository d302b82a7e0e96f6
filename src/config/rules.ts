import type { Problem } from './config-error.ts'
import type { CoreSettings } from './core-settings.ts'
import { isLoopback } from './loopback.ts'
import { Secret } from './secret.ts'

/** What was good by itself; the rest is undefined and reported elsewhere. */
type Known = Partial<CoreSettings> & Readonly<Record<string, unknown>>

/** A relation between settings: yields a problem for each setting that breaks it. */
type Rule = (known: Known) => Iterable<Problem>

/** A collector runs beside the service, and spans have nothing in them that a customer would mind. */
const MAY_BE_PLAIN: readonly string[] = ['OTEL_EXPORTER_OTLP_ENDPOINT']

function* httpsEverywhere(known: Known) {
  const development = known.NODE_ENV === 'development'
  for (const [name, value] of Object.entries(known)) {
    if (!(value instanceof URL) || value.protocol === 'https:') continue
    if (MAY_BE_PLAIN.includes(name)) continue
    if (development && isLoopback(value.hostname)) continue
    yield {
      name,
      problem: 'must begin with https://',
      hint: 'Plain http is allowed only for a loopback host and with NODE_ENV=development.',
    }
  }
}

function* secretsDiffer(known: Known) {
  const owners = new Map<string, string>()
  for (const [name, value] of Object.entries(known)) {
    const text = value instanceof Secret ? (value.reveal() as unknown) : undefined
    if (typeof text !== 'string') continue
    const owner = owners.get(text)
    if (owner === undefined) owners.set(text, name)
    else yield { name, problem: `is the same as ${owner}`, hint: 'Who learns one secret must not learn two.' }
  }
}

function* listenersApart(known: Known) {
  const { HOST, PORT, INTERNAL_HOST, INTERNAL_PORT } = known
  if (PORT === undefined || PORT === 0 || PORT !== INTERNAL_PORT) return
  const anyAddress = [HOST, INTERNAL_HOST].some((host) => host === '0.0.0.0' || host === '::')
  if (HOST !== INTERNAL_HOST && !anyAddress) return
  yield {
    name: 'INTERNAL_PORT',
    problem: 'is the same as PORT',
    hint: 'Give each listener a port of its own.',
  }
}

/** Two settings that are of no use without each other, and what for. */
export const PAIRS = [
  ['CRM_EXPORT_URL', 'CRM_EXPORT_TOKEN', 'an upload'],
  ['EVENTS_URL', 'EVENTS_SECRET', 'events'],
] as const

function* pairsWhole(known: Known) {
  for (const [one, other, purpose] of PAIRS) {
    if (!(one in known && other in known)) continue
    const hint = `Set both for ${purpose}, or none.`
    if (known[one] && !known[other]) yield { name: other, problem: `is missing beside ${one}`, hint }
    if (known[other] && !known[one]) yield { name: one, problem: `is missing beside ${other}`, hint }
  }
}

const WITH_PREVIOUS = ['INTERNAL_TOKEN', 'EVENTS_SECRET'] as const

function* previousBeside(known: Known) {
  for (const name of WITH_PREVIOUS) {
    const previous = `${name}_PREVIOUS` as const
    if (!(name in known) || known[name] || !known[previous]) continue
    const hint = `Set the new one as ${name}, or remove this one.`
    yield { name: previous, problem: `is set without ${name}`, hint }
  }
}

const rules: readonly Rule[] = [httpsEverywhere, secretsDiffer, listenersApart, pairsWhole, previousBeside]

/** Every problem that lies between settings rather than in one of them. */
export function checkRules(known: Known): Problem[] {
  return rules.flatMap((rule) => [...rule(known)])
}
