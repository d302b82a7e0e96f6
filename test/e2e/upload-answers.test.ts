import { describe, expect, test } from 'vitest'
import { connectorAtHand } from '../support/connector.ts'
import { onOneEngine } from '../support/on-one-engine.ts'
import { connectAccount, expectComplete, uploadEnd } from '../support/uploads.ts'

const sizes = { acme: { users: 3, contacts: 120, deals: 4 } }

describe('however Wazzup packs its answers, unasked', () => {
  test.each(['gzip', 'bom', 'utf-16'] as const)(
    'the apiKey is taken, and all arrives: %s',
    onOneEngine,
    async (answerBody) => {
      const connector = await connectorAtHand({ exports: { sizes } })
      const { wazzup, crm } = connector.sandbox
      wazzup.switches.answerBody = answerBody
      await connectAccount(connector)
      expect(await uploadEnd(connector)).toMatchObject({ status: 'done' })
      await expectComplete(crm, wazzup.account())
    },
  )
})

test('rows that Wazzup refuses in a 200 are told, and the others arrive', onOneEngine, async () => {
  const connector = await connectorAtHand({ exports: { sizes } })
  const { wazzup, crm } = connector.sandbox
  Object.assign(wazzup.switches, { refusals: 'in-200', dealUri: 'required' })
  crm.exports.alter = (row, { kind, index }) =>
    kind === 'deals' && index === 1 ? { ...(row as object), uri: undefined } : row
  await connectAccount(connector)
  const upload = await uploadEnd(connector)
  expect(upload.steps.find(({ kind }) => kind === 'deals')).toMatchObject({ sent: 3, rejected: 1 })
  expect(wazzup.account().deals.size).toBe(3)
})

test('a row that Wazzup takes and does not keep is a note on its step', onOneEngine, async () => {
  const connector = await connectorAtHand({ exports: { sizes } })
  const { wazzup } = connector.sandbox
  wazzup.switches.loses = ['acme-contact-000007']
  await connectAccount(connector)
  const upload = await uploadEnd(connector)
  expect(upload.status).toBe('done')
  expect(upload.steps.map(({ kind, status, reason }) => [kind, status, reason])).toEqual([
    ['users', 'done', null],
    ['pipelines', 'done', null],
    ['contacts', 'done', 'fewer_at_wazzup'],
    ['deals', 'done', null],
    ...(upload.steps.length > 4 ? [['webhooks', 'done', null]] : []),
  ])
  expect(connector.log.events('upload.fewer_at_wazzup')).toMatchObject([
    { kind: 'contacts', sent: 120, count: 119 },
  ])
})
