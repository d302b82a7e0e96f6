import { expect, onTestFinished, test } from 'vitest'
import { createBrowser } from '../../src/sandbox/browser/create-browser.ts'
import { startDemoCrm } from '../../src/sandbox/crm/start-demo-crm.ts'
import { walkInstall } from '../../src/sandbox/walk-install.ts'
import { standInConnector } from './stand-in-connector.ts'
import { connect, module, wazzupAtHand } from './wazzup/wazzup-at-hand.ts'

async function scene(handoffReturn: 'redirect' | 'form') {
  const standIn = await standInConnector()
  const wazzup = await wazzupAtHand({ module: { ...module, authRedirectUri: `${standIn.url}/wauth` } })
  const client = { clientId: 'connector', clientSecret: 'a-client-secret', handoffSecret: 'h'.repeat(32) }
  const crm = await startDemoCrm({ connectorUrl: standIn.url, ...client, handoffReturn })
  onTestFinished(() => crm.close())
  standIn.loginUrl = crm.handoffLoginUrl
  const steps: string[] = []
  const walk = {
    browser: createBrowser(),
    marketplaceUrl: wazzup.marketplaceUrl,
    onStep: (step: string) => steps.push(step),
  }
  return { standIn, wazzup, walk, steps }
}

test('walks from the marketplace over login and confirmation to the result', async () => {
  const { standIn, wazzup, walk, steps } = await scene('redirect')
  standIn.confirm = async (state) => {
    await connect(wazzup, { state, name: 'Acme Travel' })
    return [{ status: 'connected', crmAccountName: 'Acme Travel' }]
  }
  const { page, result } = await walkInstall(walk)
  expect(page.title).toBe('Result')
  expect(result).toMatchObject({ status: 'connected', crmAccountName: 'Acme Travel' })
  expect(wazzup.connections()).toMatchObject([{ name: 'Acme Travel' }])
  expect(steps).toEqual([
    'open the Wazzup marketplace',
    'press "Connect"',
    'log in to the CRM as acme-admin',
    'read the confirm page and press the button',
    'see the result: connected',
  ])
})

test('waits while the result is pending', async () => {
  const { standIn, walk, steps } = await scene('form')
  standIn.confirm = async () => [{ status: 'pending' }, { status: 'pending' }, { status: 'connected' }]
  expect((await walkInstall(walk)).result.status).toBe('connected')
  expect(steps).toContain('wait until the outcome is known')
  expect(steps).toContain('let the CRM hand the login over')
})

test('loses patience with a result that stays pending', async () => {
  const { standIn, walk } = await scene('redirect')
  standIn.confirm = async () => [{ status: 'pending' }]
  expect((await walkInstall({ ...walk, patienceMs: 50 })).result.status).toBe('pending')
})

test('says which page came instead of the right one', async () => {
  const { standIn, walk } = await scene('redirect')
  standIn.loginUrl = `${standIn.url}/nowhere`
  await expect(walkInstall(walk)).rejects.toThrow(
    /Looked for the confirm page, found "" \(404\) at \/nowhere/,
  )
})
