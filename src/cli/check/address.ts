import { isOfTls } from '../../upstream/before-sending.ts'
import { z } from 'zod'
import { parseJson } from '../../shared/parse-json.ts'
import type { Asked } from './ask.ts'
import { failure, pass, type Check, type Finding } from './check.ts'

/**
 * Recognises the service without a state: no attempt is opened, nothing is written. Only it refuses an empty visit in
 * these words.
 */
export const address: Check = {
  name: 'address',
  title: 'PUBLIC_URL',
  network: true,
  async run({ settings: { publicUrl }, home }) {
    const asked = await home()
    return isOurs(asked) ? pass(`${publicUrl.origin} leads to this service`) : stranger(publicUrl, asked)
  },
}

const Refusal = z.object({ status: z.literal('failed'), reason: z.string(), supportId: z.string() })

/** The reason in an answer of this service to a visit that it refuses; null when somebody else answers. */
export function refusalIn(asked: Asked): string | null {
  const refusal = Refusal.safeParse(asked.kind === 'answer' ? parseJson(asked.answer.body) : null)
  return refusal.success ? refusal.data.reason : null
}

/** Whether it is this service that answered. */
export const isOurs = (asked: Asked): boolean =>
  asked.kind === 'answer' && asked.answer.status === 400 && refusalIn(asked) === 'bad_state'

function stranger({ origin }: URL, asked: Asked): Finding {
  if (asked.kind === 'silent') {
    return failure(
      `${origin} cannot be reached from here: ${asked.why}`,
      (isOfTls(asked.code) && asked.next) ||
        'Start the service and its reverse proxy; check DNS, firewall and certificate. If only this machine cannot see its own public address, run the check elsewhere.',
    )
  }
  const { status } = asked.answer
  if (status >= 300 && status < 400) {
    return failure(
      `${origin}/wauth answers with a redirect (${status}) instead of this service`,
      'Have the reverse proxy pass /wauth on as it is, and make PUBLIC_URL the address that does not redirect.',
    )
  }
  if (status === 502 || status === 503 || status === 504) {
    return failure(
      `a proxy answers ${status} at ${origin}`,
      'Start the service, and check that the proxy passes on to HOST and PORT.',
    )
  }
  return failure(
    `somebody else answers at ${origin}/wauth (status ${status})`,
    'Have the reverse proxy pass this host on to the public listener (HOST, PORT).',
  )
}
