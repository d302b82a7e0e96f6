import { get } from 'node:http'
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { connect, wazzupAtHand } from './wazzup-at-hand.ts'
import { aContact, aDeal, connectedWazzup } from './connected.ts'

test.each([
  ['gzip', (bytes: Buffer) => gunzipSync(bytes).toString()],
  ['br', (bytes: Buffer) => brotliDecompressSync(bytes).toString()],
  ['deflate', (bytes: Buffer) => inflateSync(bytes).toString()],
  ['deflate-raw', (bytes: Buffer) => inflateRawSync(bytes).toString()],
  ['zstd', (bytes: Buffer) => zstdDecompressSync(bytes).toString()],
  ['mislabelled', (bytes: Buffer) => bytes.toString()],
  ['utf-16-be', (bytes: Buffer) => bytes.swap16().toString('utf16le').slice(1)],
  ['bom', (bytes: Buffer) => bytes.toString().slice(1)],
  ['utf-16', (bytes: Buffer) => bytes.toString('utf16le').slice(1)],
] as const)('answers of the API come as the switch says: %s', async (answerBody, open) => {
  const { wazzup, apiKey } = await connectedWazzup()
  wazzup.switches.answerBody = answerBody
  const headers = { authorization: `Bearer ${apiKey}` }
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    get(`${wazzup.url}/v3/channels`, { headers }, (answer) => {
      const pieces: Buffer[] = []
      answer
        .on('data', (piece: Buffer) => pieces.push(piece))
        .on('end', () => {
          resolve(Buffer.concat(pieces))
        })
    }).on('error', reject)
  })
  expect(JSON.parse(open(bytes))).toBeInstanceOf(Array)
})

test('a name that another account has is refused, if names have to differ', async () => {
  const wazzup = await wazzupAtHand({ switches: { names: 'unique' } })
  const [mine, other] = [await wazzup.mintState(), await wazzup.mintState({ accountId: '999' })]
  expect((await connect(wazzup, { state: mine })).status).toBe(200)
  expect((await connect(wazzup, { state: other })).status).toBe(400)
  // Of the same account it is taken again.
  expect((await connect(wazzup, { state: await wazzup.mintState() })).status).toBe(200)
})

test('a refusal may come in a 200, and a row may be taken and not kept', async () => {
  const { wazzup, call } = await connectedWazzup({ switches: { refusals: 'in-200', loses: ['lost'] } })
  const refused = await call('POST', '/v3/deals', [aDeal('d', { contacts: [] })])
  expect([refused.status, refused.json()]).toMatchObject([200, { error: 'INVALID_DEALS_DATA' }])
  expect((await call('POST', '/v3/contacts', [aContact('lost'), aContact('kept')])).status).toBe(200)
  expect([...wazzup.account().contacts.keys()]).toEqual(['kept'])
})
