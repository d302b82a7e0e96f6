import { makeCheckProof } from '../../crypto/check-proof.ts'
import { CheckAnswer } from '../../shared/check-answer.ts'
import { parseJson } from '../../shared/parse-json.ts'
import { seconds } from '../../shared/clock.ts'
import { isOurs } from './address.ts'
import type { Asked } from './ask.ts'
import { failure, pass, skip, type Check, type CheckContext, type Finding } from './check.ts'

/** Has the service tell, through the proxy, what it sees of a request; its answer comes after so many milliseconds. */
async function askAbout({ settings, ask, clock }: CheckContext, wait: number): Promise<Asked | null> {
  const [first] = settings.encryptionKeys.reveal()
  if (!first) return null
  const url = new URL('/wauth/check', settings.publicUrl)
  url.searchParams.set('wait', String(wait))
  url.searchParams.set('proof', makeCheckProof(first.key, wait, clock()))
  return ask(url, { deadline: wait + seconds(10) })
}

const seenIn = (asked: Asked | null): CheckAnswer | null => {
  const isOk = asked?.kind === 'answer' && asked.answer.status === 200
  return isOk ? (CheckAnswer.safeParse(parseJson(asked.answer.body)).data ?? null) : null
}

const NOT_TOLD =
  'not told: the service has other ENCRYPTION_KEYS or another clock than this shell, or is of an older release'

/** Whether the service goes by the addresses of customers, or by that of a proxy for all of them. */
export const trustProxy: Check = {
  name: 'trust-proxy',
  title: 'TRUST_PROXY',
  network: true,
  async run(context) {
    if (!isOurs(await context.home())) return skip('this service did not answer')
    const seen = seenIn(await askAbout(context, 0))
    return seen ? judge(seen, context.settings.publicUrl.protocol === 'https:') : skip(NOT_TOLD)
  },
}

const SHARED = 'all customers share one limit, and the audit trail has one address for all'

function judge({ peer, forwarded, trusted }: CheckAnswer, secure: boolean): Finding {
  if (trusted) return pass(`requests come from ${peer}, whose X-Forwarded-For counts`)
  if (forwarded) {
    return failure(
      `requests come from ${peer} with an X-Forwarded-For that does not count: ${SHARED}`,
      `If ${peer} is your reverse proxy, set TRUST_PROXY=${peer} (with what it has now), and restart the service.`,
    )
  }
  if (!secure) return pass(`requests come from ${peer} itself, for development on this machine`)
  return failure(
    `requests come from ${peer}, which ends TLS and says nothing of whom it got them from: ${SHARED}`,
    `Have the reverse proxy send it (nginx: proxy_set_header X-Forwarded-For $remote_addr), and set TRUST_PROXY=${peer}.`,
  )
}

/** Whether the proxy waits for as long as a confirmation may take while Wazzup or the database is slow. */
export const timeOuts: Check = {
  name: 'time-outs',
  title: 'Time-outs',
  network: true,
  async run(context) {
    const { slowest, settings } = context
    if (slowest === null) return skip('not tried: --quick')
    if (settings.publicUrl.protocol === 'http:')
      return pass('none: no proxy stands before a plain http PUBLIC_URL')
    if (!isOurs(await context.home()) || !seenIn(await askAbout(context, 0))) return skip(NOT_TOLD)
    const began = context.monotonic()
    const asked = await askAbout(context, slowest)
    if (seenIn(asked)) return pass(`an answer that takes ${slowest / 1000} s comes through`)
    if (asked?.kind === 'answer' && asked.answer.status === 429)
      return skip('not tried: other checks have their answers held back; try again in a minute')
    const after = Math.round((context.monotonic() - began) / 1000)
    const how = asked?.kind === 'answer' ? `status ${asked.answer.status}` : (asked?.why ?? '')
    return failure(
      `an answer that takes ${slowest / 1000} s is cut off after ${after} s (${how}), and a confirmation may take that long`,
      'Have everything on the way wait longer (nginx: proxy_read_timeout 45s; HAProxy: timeout server 45s; also the balancer or CDN before it).',
    )
  },
}
