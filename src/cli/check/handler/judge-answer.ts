import { seconds } from '../../../shared/clock.ts'
import { parseJson } from '../../../shared/parse-json.ts'
import { failure, warning, type Finding } from '../check.ts'
import type { Answered } from './send-webhook.ts'

/** Long before Wazzup stops waiting: a busy day takes longer than a check. */
const SLOW = seconds(10)

type Answer = Extract<Answered, { kind: 'answer' }>

const found = (code: string, { status, says, next }: Finding): Finding => ({ status, says, next, code })

/** What is wrong with an answer that has to be 200, whatever stands in it; null when nothing is. */
export function judgeStatus(answered: Answered, to: string): Finding | null {
  if (answered.kind === 'silent')
    return found(
      'handler_silent',
      failure(
        `your handler does not answer: ${answered.why}`,
        answered.next ?? 'Start it where Wazzup can reach it, and let it answer within 30 s.',
      ),
    )
  const { status, ms } = answered
  if (status >= 300 && status < 400)
    return found(
      'handler_redirects',
      failure(
        `your handler answers ${status} to ${to}, and Wazzup follows no redirect`,
        'Make WEBHOOKS_URL the address that the redirect leads to.',
      ),
    )
  if (status === 401 || status === 403)
    return found(
      'handler_refuses',
      failure(
        `your handler answers ${status} to ${to}`,
        'The trial comes without a key, and has to be answered 200; every other webhook has «Authorization: Bearer <crmKey>», of which the look-up says whose it is.',
      ),
    )
  if (status !== 200)
    return found(
      'handler_status',
      failure(
        `your handler answers ${status} to ${to}; Wazzup wants exactly 200`,
        'Look at the log of your handler.',
      ),
    )
  if (ms < SLOW) return null
  return found(
    'handler_slow',
    warning(
      `your handler took ${Math.round(ms / 1000)} s to answer ${to}; Wazzup waits 30 s`,
      'Answer at once, and do the work later.',
    ),
  )
}

/** A webhook with a key that nobody has has to be refused. */
export function judgeRefusal(answered: Answered, what: string): Finding | null {
  if (answered.kind === 'silent') return judgeStatus(answered, what)
  const { status } = answered
  if (status === 401 || status === 403) return null
  if (status >= 200 && status < 300)
    return found(
      'handler_open',
      failure(
        `your handler takes a webhook ${what}: anybody can send it messages in the name of your customers`,
        'Ask the look-up whose the bearer is before anything else, and answer 401 where it knows none.',
      ),
    )
  return found(
    'handler_unsure',
    warning(
      `your handler answers ${status} to a webhook ${what}`,
      'Answer 401: a 5xx says that Wazzup may send it again.',
    ),
  )
}

type EntityKind = 'contact' | 'deal'

/** What Wazzup needs of the entity in the answer. */
const FIELDS: Record<EntityKind, Readonly<Record<string, (value: unknown) => boolean>>> = {
  contact: {
    id: isText(64),
    responsibleUserId: isText(100),
    name: isText(200),
    contactData: (value) => Array.isArray(value) && value.length > 0 && value.every(isChat),
    uri: (value) => value === undefined || isAddress(value),
  },
  deal: {
    id: isText(64),
    responsibleUserId: isText(100),
    name: isText(200),
    contacts: (value) => Array.isArray(value) && value.length > 0 && value.every(isText(64)),
    uri: (value) => value === undefined || isAddress(value),
    closed: (value) => typeof value === 'boolean',
  },
}

function isText(longest: number) {
  return (value: unknown) => typeof value === 'string' && value !== '' && value.length <= longest
}

const isChat = (value: unknown) =>
  isObject(value) &&
  isText(100)(value['chatType']) &&
  (isText(100)(value['chatId']) || isText(100)(value['username']) || isText(100)(value['phone']))

const isAddress = (value: unknown) =>
  isText(200)(value) && /^https?:$/.test(URL.parse(String(value))?.protocol ?? '')

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

type Entity = Record<string, unknown>

/** The entity of an answer, where it has one, and what is wrong with the answer. */
export function judgeEntity(
  answered: Answered,
  kind: EntityKind,
): { entity: Entity | null; findings: Finding[] } {
  const to = `create${kind === 'contact' ? 'Contact' : 'Deal'}`
  const bad = judgeStatus(answered, to)
  if (answered.kind === 'silent' || answered.status !== 200)
    return { entity: null, findings: bad ? [bad] : [] }
  const value = parseJson(answered.body)
  if (!isObject(value)) return { entity: null, findings: [...(bad ? [bad] : []), noEntity(to, kind)] }
  const wrong = Object.entries(FIELDS[kind]).filter(([name, isRight]) => !isRight(value[name]))
  const findings = [
    bad,
    wrong.length > 0
      ? wrongFields(
          to,
          kind,
          wrong.map(([name]) => name),
        )
      : null,
    judgeType(answered, to),
  ]
  return { entity: value, findings: findings.filter((one) => one !== null) }
}

const noEntity = (to: string, kind: EntityKind) =>
  found(
    'handler_no_entity',
    failure(
      `your handler answers ${to} with something that is no JSON object`,
      `Answer with the ${kind} itself, which Wazzup then knows, and not later by a call.`,
    ),
  )

const wrongFields = (to: string, kind: EntityKind, names: readonly string[]) =>
  found(
    'handler_entity_fields',
    failure(
      `your handler answers ${to} with a ${kind} that lacks fields, or has them in another form: ${names.join(', ')}`,
      `Answer with the ${kind} as it is sent to POST /v3/${kind}s: docs/webhooks-and-keys.md, «What a handler answers».`,
    ),
  )

function judgeType({ type }: Answer, to: string): Finding | null {
  if (/^application\/(\S+\+)?json\b/i.test(type)) return null
  const says = type === '' ? 'without a content type' : 'with a content type that is not JSON'
  return found(
    'handler_content_type',
    warning(`your handler answers ${to} ${says}`, 'Send «Content-Type: application/json».'),
  )
}

/** What two answers, or an answer and the question, do not agree on. */
export const differs = (code: string, says: string, next: string): Finding => found(code, failure(says, next))
