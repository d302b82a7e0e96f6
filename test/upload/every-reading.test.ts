import { expect, test } from 'vitest'
import type { ExportControls } from '../../src/sandbox/crm/export/controls.ts'
import type { Entity } from '../../src/sandbox/wazzup/accounts.ts'
import type { WazzupSimulator } from '../../src/sandbox/wazzup/start-wazzup.ts'
import type { Switches } from '../../src/sandbox/wazzup/switches.ts'
import { oddDifferences } from '../support/expected-rows.ts'
import { uploadByHttp } from '../support/http-uploads.ts'
import { oddRow, timesIn } from '../support/odd-rows.ts'

interface Reading {
  where: string
  switches: Partial<Switches>
  exports?: Partial<ExportControls>
}

const RATE = { rateLimit: 40, rateWindow: 3000 } as const

/**
 * What nobody knows of Wazzup, and how exports come: each row has other values of all that does not depend on each other, so that
 * every value has its upload.
 */
const READINGS: Reading[] = [
  {
    where: 'a crmKey that is left out is forgotten, and answers are in gzip',
    switches: {
      ...{ patchedCrmKey: 'ignored', omittedCrmKey: 'cleared', testBody: 'with-timestamp' },
      ...{ answerBody: 'gzip', webhooksShown: 'spelled-otherwise', dealUri: 'required' },
      ...{
        usersList: 'counted',
        dealsCount: 'in-answer',
        pipelinesList: 'enveloped',
        upsertAnswer: 'object',
      },
    },
    exports: { packing: 'gzip' },
  },
  {
    where: 'the crmKey of a change counts, and webhooks come without one',
    switches: {
      ...{ patchedCrmKey: 'taken', omittedCrmKey: 'cleared', testBody: 'empty', testHeader: 'none' },
      ...{ answerBody: 'br', deliveryHeader: 'none', upsertAnswer: 'array' },
    },
    exports: { packing: 'br', total: 'untold' },
  },
  {
    where: 'the crmKey is a field that is not known, and some webhooks come without one',
    switches: {
      ...{ patchedCrmKey: 'refused-as-unknown', unknownSubscriptions: 'refused', testBody: 'empty-object' },
      ...{ answerBody: 'deflate', deliveryHeader: 'every-other', dealUri: 'required' },
      ...{ refusals: 'by-status-in-200', invalidData: 'from-one' },
    },
    exports: { packing: 'deflate' },
  },
  {
    where: 'the crmKey is refused, and webhooks come with another one',
    switches: {
      ...{ patchedCrmKey: 'refused', answerBody: 'deflate-raw', deliveryHeader: 'wrong-key' },
      ...{ refusals: 'not-ok-in-200', dealUri: 'required' },
    },
    exports: { packing: 'deflate-raw' },
  },
  {
    where: 'refusals say little, and the good rows of a refused batch stay',
    switches: {
      ...{ patchedCrmKey: 'refused-without-a-word', answerBody: 'zstd', newClient: 'empty-lists' },
      ...{ refusals: 'in-200', invalidData: 'bare', othersOfRefused: 'taken', dealUri: 'required' },
    },
    exports: { packing: 'zstd' },
  },
  {
    where: 'requests are counted by address, and few pipelines fit into one',
    switches: {
      ...{ patchedCrmKey: 'refused-in-200', answerBody: 'bom', rateRetryAfter: 'date' },
      ...{ ...RATE, rateCountedBy: 'address', pipelinesLimit: 8, pipelines: 'replaced' },
    },
    exports: { packing: 'bom' },
  },
  {
    where: 'few requests fit into a window, and few pipelines into a request',
    switches: {
      ...{ patchedCrmKey: 'unprocessable', answerBody: 'utf-16', newClient: 'no-lists' },
      ...{ ...RATE, rateRetryAfter: 'seconds', pipelinesLimit: 8, pipelines: 'merged' },
    },
    exports: { packing: 'utf-16' },
  },
  {
    where: 'the crmKey may not be changed, and answers name a wrong character set',
    switches: { patchedCrmKey: 'forbidden', answerBody: 'mislabelled', nameless: 'forbidden' },
    exports: { packing: 'mislabelled', nameless: 'forbidden' },
  },
  {
    where: 'all comes in UTF-16 of the other order, and refusals name all rows',
    switches: { answerBody: 'utf-16-be', dealUri: 'required', invalidData: 'every-row' },
    exports: { packing: 'utf-16-be' },
  },
]

/** How many webhooks of two are taken. */
const TAKEN = { bearer: [200, 200], none: [401, 401], 'every-other': [200, 401], 'wrong-key': [401, 401] }

async function expectWebhooks(wazzup: WazzupSimulator) {
  const { deliveryHeader, newClient } = wazzup.switches
  const answers = []
  for (const text of ['Hello', 'Is anybody there?'])
    answers.push(await wazzup.deliver(wazzup.accountId, { messages: [{ text }] }))
  expect(answers).toMatchObject(TAKEN[deliveryHeader].map((status) => ({ kind: 'answered', status })))
  if (deliveryHeader !== 'bearer') return
  const client = { chatType: 'whatsapp', chatId: '79990001122', name: 'Ann' }
  expect(await wazzup.meetNewClient(wazzup.accountId, client)).toMatchObject(
    newClient === 'whole' ? { kind: 'created' } : { kind: 'no_entity', delivery: { status: 400 } },
  )
}

async function expectEverything(contacts: number, { switches, exports }: Reading) {
  const sizes = { users: 400, pipelines: 24, contacts, deals: 800 }
  expect(timesIn(contacts)).toBeGreaterThan(0)
  const { wazzup, upload, rejects, crmKey, connection } = await uploadByHttp({
    switches: { dealUri: 'optional', damagedText: 'breaks', ...switches },
    exports: {
      ...{ ...exports, sizes: { acme: sizes } },
      alter: (_, { kind, index }) => oddRow(kind, index, sizes).exported,
    },
  })
  const account = wazzup.account()
  expect(upload).toMatchObject({ status: 'done_with_rejects', reason: null })
  const steps = new Map(upload?.steps.map(({ kind, ...step }) => [kind, step]))
  const held = [account.users, account.pipelines, account.deals].map(({ size }) => size)
  expect((['users', 'pipelines', 'deals'] as const).map((kind) => steps.get(kind)?.sent)).toEqual(held)
  expect(steps.get('webhooks')).toMatchObject({ status: 'done', reason: null })
  const notTaken = (kind: string, { id, uri }: Entity) => {
    if (kind === 'pipelines' && switches.pipelines === 'replaced' && !account.pipelines.has(id))
      return 'not_kept'
    return kind === 'deals' && switches.dealUri === 'required' && uri === undefined ? 'refused' : null
  }
  expect(oddDifferences({ account, rejects, sizes, notTaken })).toEqual([])
  expect(connection.crmKey).toBe(crmKey)
  await expectWebhooks(wazzup)
}

test.each(READINGS)('all arrives, and what cannot is told, where $where', (reading) =>
  expectEverything(1300, reading),
)

test.each(READINGS)(
  'the same of 100 000 contacts, row by row, where $where',
  { tags: ['long'], timeout: 600_000 },
  (reading) => expectEverything(100_000, reading),
)
