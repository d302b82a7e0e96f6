import { gzipSync } from 'node:zlib'
import type { Account } from '../accounts.ts'
import type { Answer } from '../answer.ts'
import type { DataSwitches } from '../data-switches.ts'
import { isObject } from '../entities/fields.ts'
import { withData } from '../entities/upsert.ts'
import { plainError } from '../error-shapes.ts'
import type { World } from '../world.ts'
import { contentTypes } from './content-type.ts'
import { changeKey, refusalOf } from './patched-key.ts'
import { post, type Posted } from './post.ts'
import { changed, told, unknownIn } from './subscriptions.ts'

const notValid = plainError(400, { code: 'uriNotValid', description: 'Provided URI is not valid URI' })

const isAddress = (uri: unknown): uri is string =>
  typeof uri === 'string' && uri.length <= 200 && /^https?:$/.test(URL.parse(uri)?.protocol ?? '')

const TESTS: Readonly<Record<DataSwitches['testBody'], object | null>> = {
  test: { test: true },
  'with-timestamp': { test: true, timestamp: 1 },
  'empty-object': {},
  empty: null,
}

/** Every character of the path and the query that has another spelling in it. */
const spelledOtherwise = (uri: string | null) =>
  uri?.replace(/[-._~](?=[^/]*$)/g, (one) => `%${one.charCodeAt(0).toString(16)}`) ?? null

async function tested(world: World, account: Account, uri: string): Promise<Posted> {
  const { switches } = world
  if (switches.dnsFailures > 0) {
    switches.dnsFailures -= 1
    return { kind: 'failed', code: 'ENOTFOUND' }
  }
  const crmKey = world.connections.ofAccount(account.accountId)?.crmKey
  return post(uri, TESTS[switches.testBody], {
    authorization: switches.testHeader === 'bearer' && crmKey ? `Bearer ${crmKey}` : null,
    contentType: contentTypes[switches.deliveryType],
    patience: switches.patience,
  })
}

function notPassed(test: Posted, uri: string, { switches }: World): Answer {
  const description = 'URI does not return 200 OK on test request'
  if (test.kind === 'answered') return withData({ code: switches.testRefusal, description }, test.status)
  if (test.code !== 'ENOTFOUND' && test.code !== 'EAI_AGAIN')
    return plainError(400, { code: switches.testRefusal, description })
  const complaint = `getaddrinfo ${test.code} ${new URL(uri).hostname}`
  return plainError(400, { code: 'WEBHOOKS_REQUEST_ERROR', description: complaint })
}

/** `PATCH /v3/webhooks`: takes an address only after its test POST was answered exactly 200. */
export async function setWebhooks(world: World, account: Account, body: unknown): Promise<Answer> {
  const given = isObject(body) ? body : {}
  const uri = 'webhooksUri' in given ? given['webhooksUri'] : account.webhooks.uri
  if (!isAddress(uri)) return notValid
  const unknown = unknownIn(given['subscriptions'], world.switches)
  if (unknown !== undefined)
    return plainError(400, { code: 'INVALID_DATA', description: `property ${unknown} should not exist` })
  const badKey = refusalOf(given['crmKey'], world)
  if (badKey) return badKey
  const test = await tested(world, account, uri)
  if (test.kind === 'failed' || test.status !== 200) return notPassed(test, uri, world)
  const { subscriptions } = account.webhooks
  account.webhooks = { uri, subscriptions: changed(subscriptions, given['subscriptions'], world.switches) }
  changeKey(account.accountId, given['crmKey'], world)
  account.failedDeliveries = 0
  return { status: 200, body: world.switches.webhooksAnswer === 'json' ? { ok: true } : '{ ok }' }
}

/** `GET /v3/webhooks`, as far as it is shown. */
export function webhooksOf({ switches }: World, { webhooks }: Account): Answer {
  const address = { webhooksUri: webhooks.uri }
  const subscriptions = told(webhooks.subscriptions, switches)
  const whole = { ...address, subscriptions }
  const shown: Record<DataSwitches['webhooksShown'], Omit<Answer, 'status'> & { status?: number }> = {
    all: { body: whole },
    'spelled-otherwise': { body: { ...whole, webhooksUri: spelledOtherwise(webhooks.uri) } },
    'no-subscriptions': { body: address },
    'null-subscriptions': { body: { ...address, subscriptions: null } },
    'no-address': { body: { subscriptions } },
    null: { body: 'null' },
    empty: {},
    'no-json': { body: '{ ok }' },
    html: { body: '<!doctype html><title>Wazzup</title>', headers: { 'content-type': 'text/html' } },
    gzip: { body: gzipSync(JSON.stringify(whole)), headers: { 'content-encoding': 'gzip' } },
    'not-found': { ...plainError(404, { code: 'NOT_FOUND', description: 'There is no such route' }) },
    forbidden: { status: 403, body: { error: 'FORBIDDEN' } },
  }
  return { status: 200, ...shown[switches.webhooksShown] }
}
