import { expect, test } from 'vitest'
import { fault } from '../../../src/sandbox/wazzup/fault.ts'
import { connect, module, send, wazzupAtHand } from './wazzup-at-hand.ts'

test('every request is kept with its bytes, its headers, its time and its answer', async () => {
  const at = new Date('2026-01-02T03:04:05Z')
  const wazzup = await wazzupAtHand({ now: () => at })
  await send(`${wazzup.url}/v3/nothing?a=1`, { method: 'PUT', headers: { 'x-mine': 'yes' }, body: 'ünï {' })
  await expect.poll(() => wazzup.requests[0]?.answer).toEqual({ status: 404, fault: null })
  expect(wazzup.requests).toMatchObject([
    { method: 'PUT', path: '/v3/nothing?a=1', headers: { 'x-mine': 'yes' }, body: 'ünï {', at },
  ])
})

test('connects() gives the calls of /v3/connect only, read', async () => {
  const wazzup = await wazzupAtHand()
  await send(wazzup.marketplaceUrl)
  await connect(wazzup, { state: 'S', crmKey: 'K', name: 'N' })
  expect(wazzup.connects()).toMatchObject([{ state: 'S', secret: module.secret, crmKey: 'K', name: 'N' }])
  expect(JSON.parse(wazzup.connects()[0]?.bytes ?? '')).toMatchObject({ state: 'S', crmKey: 'K' })
})

test('nextConnect() resolves when a call arrives, although it is not answered', async () => {
  const wazzup = await wazzupAtHand()
  wazzup.faults.push(fault.processThen('hang'))
  const next = wazzup.nextConnect()
  const state = await wazzup.mintState()
  void connect(wazzup, { state }).catch(() => null)
  expect(await next).toMatchObject({ state, answer: null })
})
