import { createExportSource } from '../../../crm/export/source.ts'
import { systemClock } from '../../../shared/clock.ts'
import { printable } from '../../../shared/printable.ts'
import { systemRandom } from '../../../shared/random.ts'
import { crmKeyOf } from '../../../store/index.ts'
import { idOf } from '../../../upload/rules/rule.ts'
import { failure, pass, skip, type Check, type CheckContext, type Finding, type Part } from '../check.ts'
import { differs, judgeEntity, judgeRefusal, judgeStatus } from './judge-answer.ts'
import { openWebhooks, type SendWebhook } from './send-webhook.ts'

/**
 * Sends a handler what Wazzup would send it. It is asked for by `--handler`; what makes a contact and a deal, by `--account`, too,
 * as that account is then one for tests.
 */
export const handler: Check = {
  name: 'handler',
  title: 'Webhooks handler',
  network: true,
  async run(context) {
    const { webhooksUrl, wayOut } = context.settings
    if (!webhooksUrl) return skip('WEBHOOKS_URL is not set')
    const { send, close } = openWebhooks(webhooksUrl, { wayOut, monotonic: context.monotonic })
    try {
      return [
        ...parts('trial', [judgeStatus(await send({ test: true }, null), '{"test":true}')], 'answers 200'),
        ...parts('strangers', await strangers(send), 'refuses who has no key, or a wrong one'),
        ...(await asCustomer(context, send)),
      ]
    } finally {
      await close()
    }
  },
}

/** The findings under one name; what passes says so. */
function parts(part: string, findings: readonly (Finding | null)[], passes: string): Part[] {
  const all = findings.filter((one) => one !== null)
  const bad = [...new Map(all.map((one) => [JSON.stringify(one), one])).values()]
  return (bad.length > 0 ? bad : [pass(`your handler ${passes}`)]).map((one) => ({ ...one, part }))
}

/** Bytes of a crmKey. */
const KEY = 32

/** What a stranger may send: nothing is in it, so that a handler that takes it does nothing either. */
async function strangers(send: SendWebhook): Promise<(Finding | null)[]> {
  const nothing = { messages: [] }
  const answers = [await send(nothing, systemRandom(KEY)), await send(nothing, null)]
  const each = ['with a crmKey that nobody has', 'without a crmKey']
  const [wrong, none] = answers.map((answered, at) => judgeRefusal(answered, each[at] ?? ''))
  if (!wrong || wrong.code !== none?.code) return [wrong ?? null, none ?? null]
  return answers
    .slice(0, 1)
    .map((answered) => judgeRefusal(answered, 'with a crmKey that nobody has, or with none'))
}

async function asCustomer({ settings, account }: CheckContext, send: SendWebhook): Promise<Part[]> {
  const untried = (says: string) => [{ ...skip(says), part: 'contact and deal' }]
  if (account === null)
    return untried(
      'not tried: name an account for tests with --account, in which a contact and a deal are made',
    )
  const crmKey = await crmKeyOf(settings, account)
  if (crmKey === null) {
    const says = `«${printable(account)}» is not connected, so that it has no crmKey`
    const next = 'Connect it from Wazzup, or the wauth sandbox, or name another account for tests.'
    return [{ ...failure(says, next), code: 'handler_account', part: 'contact and deal' }]
  }
  const user = await firstUser(settings, account)
  return makeClient((body) => send(body, crmKey), user)
}

/** An employee whom the CRM knows, where the export tells one. */
async function firstUser({ upload, wayOut }: CheckContext['settings'], account: string): Promise<string> {
  if (!upload) return NOBODY
  const token = () => upload.exportToken.reveal()
  const source = createExportSource({ url: upload.exportUrl, token, clock: systemClock, wayOut })
  try {
    const read = await source.page({ kind: 'users', crmAccountId: account, cursor: null })
    const [user] = read.kind === 'page' ? read.page.items : []
    const id = typeof user === 'object' && user !== null && 'id' in user ? idOf(user.id) : null
    return id ?? NOBODY
  } finally {
    await source.close()
  }
}

const NOBODY = 'wauth-check'

/** A mobile number that is kept for fiction (Ofcom, «Telephone numbers for use in TV and radio drama programmes»). */
const CHAT = { chatType: 'whatsapp', chatId: '447700900123' }

/** A new client as Wazzup announces one, and once more, as may happen; then the deal with that client. */
async function makeClient(
  send: (body: object) => ReturnType<SendWebhook>,
  responsibleUserId: string,
): Promise<Part[]> {
  const client = { responsibleUserId, name: 'wauth check', contactData: [CHAT], source: 'auto' }
  const first = judgeEntity(await send({ createContact: client }), 'contact')
  const { entity: contact } = first
  if (typeof contact?.['id'] !== 'string') return parts('contact', first.findings, '')
  const again = judgeEntity(await send({ createContact: client }), 'contact')
  const twice = again.entity !== null && again.entity['id'] !== contact['id'] ? differs(...TWICE) : null
  const contacts = parts(
    'contact',
    [...first.findings, ...again.findings, twice],
    'answers createContact with the contact, twice with the same one',
  )
  const asked = { responsibleUserId, contacts: [contact['id']], source: 'auto' }
  const made = judgeEntity(await send({ createDeal: asked }), 'deal')
  const people: unknown = made.entity?.['contacts']
  const another = Array.isArray(people) && !people.includes(contact['id']) ? differs(...OTHERS) : null
  return [...contacts, ...parts('deal', [...made.findings, another], 'answers createDeal with the deal')]
}

const TWICE = [
  'handler_contact_twice',
  'your handler makes two contacts of one client who is announced twice',
  'Find the contact by account, chatType and chatId before you make one: Wazzup may announce it at the same moment again.',
] as const

const OTHERS = [
  'handler_deal_contacts',
  'your handler answers createDeal with a deal of other contacts',
  'Answer with the contacts that createDeal names.',
] as const
