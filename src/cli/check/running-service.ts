import { nearAddress } from '../../config/near-address.ts'
import { z } from 'zod'
import { FingerprintsAnswer } from '../../http/internal/schemas/fingerprints.ts'
import { parseJson } from '../../shared/parse-json.ts'
import type { Asked } from './ask.ts'
import {
  failure,
  pass,
  skip,
  warning,
  type Check,
  type CheckContext,
  type Finding,
  type Part,
} from './check.ts'

/**
 * What the service that runs says of itself, on its internal listener: this shell may reach what the service cannot, and have other
 * settings than those that the service was started with.
 */
export const runningService: Check = {
  name: 'running-service',
  title: 'Running service',
  network: true,
  async run(context) {
    const { host, port } = context.settings.listeners.internal
    if (port === 0) return skip('INTERNAL_PORT is 0: nobody knows where it listens')
    const home = new URL(nearAddress({ host, port }))
    const asked = await context.ask(new URL('/readyz', home))
    if (asked.kind === 'silent') {
      return warning(
        `nothing answers at ${home.host}, its internal listener: ${asked.why}`,
        'Start the service; or run this check where INTERNAL_HOST and INTERNAL_PORT lead to it.',
      )
    }
    const readiness = SeenReadiness.safeParse(parseJson(asked.answer.body))
    if (!readiness.success) {
      return failure(
        `what answers at ${home.host} is not the internal listener (status ${asked.answer.status})`,
        'Look at INTERNAL_HOST and INTERNAL_PORT: another program has that address, or a release that is much older.',
      )
    }
    return [...partsOf(readiness.data, home), { part: 'settings', ...(await compare(home, context)) }]
  },
}

/** What `/readyz` says, of whatever release: another one may have other parts. */
const SeenReadiness = z.object({
  status: z.string(),
  phase: z.string(),
  parts: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string() })),
})

/** What to do about a part of `/readyz` that is not well. */
const NEXT: Readonly<Record<string, string>> = {
  store:
    'Look at its database: free space, rights, and whether the server answers from where the service runs.',
  keys: 'Put the key that is named into its ENCRYPTION_KEYS, and restart it.',
  clock: 'Have both machines set their clocks by NTP.',
  login:
    "See that the service itself, from where it runs, reaches the CRM's login: name, firewall, certificate, address.",
  wazzup: 'See that the service itself, from where it runs, reaches Wazzup: name, firewall, certificate.',
  recovery: 'Look at worker.failed in its log.',
}

function partsOf({ status, phase, parts }: z.output<typeof SeenReadiness>, { host }: URL): Part[] {
  const first =
    status === 'ready'
      ? pass(`answers at ${host}, and is ready`)
      : failure(
          `answers at ${host}, and is not ready (${phase})`,
          'See what its parts say, or wait for its start to end.',
        )
  const broken = Object.entries(parts).filter(([, { ok }]) => !ok)
  const others = broken.map(([part, { detail }]) => ({
    part,
    ...failure(`it says: ${detail}`, NEXT[part] ?? 'Look at its log.'),
  }))
  return [{ part: null, ...first }, ...others]
}

/** Whether it was started with the settings of this shell. No value is told, by neither side. */
async function compare(home: URL, { ask, settings }: CheckContext): Promise<Finding> {
  const token = settings.listeners.internal.tokens[0]?.reveal()
  const asked = await ask(new URL('/v1/settings/fingerprints', home), token === undefined ? {} : { token })
  const theirs = fingerprintsIn(asked)
  if (!theirs) return notCompared(asked, token !== undefined)
  const mine = settings.fingerprints()
  const pair = mine.flatMap((one) =>
    theirs
      .filter(({ keyId, proof }) => keyId === one.keyId && proof === one.proof)
      .map((other) => [one, other] as const),
  )[0]
  if (!pair) {
    return failure(
      'its ENCRYPTION_KEYS have no key of those here; so no other setting could be compared',
      'Give both the same ENCRYPTION_KEYS. What the one has sealed the other cannot open.',
    )
  }
  const [own, other] = pair
  const names = Object.keys(own.settings).filter((name) => name in other.settings)
  const different = names.filter((name) => own.settings[name] !== other.settings[name])
  return different.length === 0
    ? pass(`those of this shell (${names.length} compared)`)
    : failure(
        `others than those of this shell: ${different.join(', ')}`,
        'Restart the service if these have changed since its start; or run this check with the settings that it has.',
      )
}

function fingerprintsIn(asked: Asked): z.output<typeof FingerprintsAnswer>['items'] | null {
  if (asked.kind === 'silent' || asked.answer.status !== 200) return null
  const answer = FingerprintsAnswer.safeParse(parseJson(asked.answer.body))
  return answer.success ? answer.data.items : null
}

function notCompared(asked: Asked, hasToken: boolean): Finding {
  const status = asked.kind === 'silent' ? null : asked.answer.status
  const restart = 'Give both the same INTERNAL_TOKEN, and restart the service.'
  if (status === 401) {
    return failure(
      hasToken
        ? 'its INTERNAL_TOKEN is another than that of this shell'
        : 'it has an INTERNAL_TOKEN, and this shell has none',
      restart,
    )
  }
  if (status !== 404)
    return warning(`they could not be compared (status ${status ?? 'none'})`, 'Run this check again.')
  return hasToken
    ? failure('it has no INTERNAL_TOKEN, and this shell has one; or it is of an older release', restart)
    : skip('not compared: that needs an INTERNAL_TOKEN')
}
