import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { onLoopback } from '../../support/oidc-issuer/on-loopback.ts'
import { crmSecret, startKeySet } from './crm.ts'
import { openHandoff } from './open-handoff.ts'

async function checked(texts: Record<string, string>) {
  const { method } = openHandoff(texts)
  onTestFinished(() => method.close())
  const lines = await method.check()
  return { lines, page: lines.find(({ part }) => part === 'page') }
}

/** The page of a CRM that answers so, and what it was asked. */
async function startPage(status: number, location?: string) {
  const asked: URL[] = []
  const server = createServer((request, response) => {
    asked.push(new URL(request.url ?? '/', 'http://crm'))
    response.writeHead(status, location === undefined ? {} : { location }).end()
  })
  const { url, close } = await onLoopback(server)
  onTestFinished(close)
  return { url: `${url}/login?from=wazzup`, asked }
}

test.each([
  [200, undefined, 'pass'],
  [302, 'https://crm.example/sign-in', 'pass'],
  [401, undefined, 'pass'],
  [400, undefined, 'warning'],
  [403, undefined, 'warning'],
  [429, undefined, 'warning'],
  [404, undefined, 'failure'],
  [410, undefined, 'failure'],
  [500, undefined, 'warning'],
  [503, undefined, 'warning'],
])('a page that answers with %i (%s): %s', async (status, location, found) => {
  const { url } = await startPage(status, location)
  const { page, lines } = await checked({ HANDOFF_SECRET: crmSecret, HANDOFF_LOGIN_URL: url })
  expect(page).toMatchObject({ status: found, says: expect.stringContaining(String(status)) as string })
  expect(page?.next === null).toBe(found === 'pass')
  expect(lines).toHaveLength(2)
})

test('the page is asked as a browser would ask it', async () => {
  const { url, asked } = await startPage(200)
  await checked({ HANDOFF_SECRET: crmSecret, HANDOFF_LOGIN_URL: url })
  const [address, ...more] = asked
  expect(more).toEqual([])
  expect(Object.fromEntries(address?.searchParams ?? [])).toEqual({
    ...{ from: 'wazzup', request: expect.any(String) as string },
    return_to: 'https://connector.example/wauth/callback',
  })
})

test('a page whose name nobody knows is a failure', async () => {
  const { page } = await checked({
    HANDOFF_SECRET: crmSecret,
    HANDOFF_LOGIN_URL: 'https://nowhere.invalid/wauth/login',
  })
  expect(page).toMatchObject({
    status: 'failure',
    says: 'the login page of the CRM gives this machine no answer (peer_unreachable, ENOTFOUND, its name is not known)',
  })
})

test('a page that is out of reach from this machine is a warning: browsers go there, not this machine', async () => {
  const { page } = await checked({ HANDOFF_SECRET: crmSecret, HANDOFF_LOGIN_URL: 'http://127.0.0.1:9/login' })
  expect(page).toMatchObject({ status: 'warning', says: expect.stringContaining('ECONNREFUSED') as string })
})

test('keys that are gone are told beside a page that is there', async () => {
  const keySet = await startKeySet({ down: true })
  onTestFinished(keySet.close)
  const { url } = await startPage(200)
  const { lines } = await checked({ HANDOFF_JWKS_URL: keySet.url, HANDOFF_LOGIN_URL: url })
  expect(lines.map(({ part, status }) => [part, status])).toEqual([
    [null, 'failure'],
    ['page', 'pass'],
  ])
  expect(lines[0]?.says).toMatch(/\(peer_\w+: The login of the CRM .*\.\)$/)
})

test('of a key set it is told how many keys it has', async () => {
  const keySet = await startKeySet()
  onTestFinished(keySet.close)
  const { url } = await startPage(200)
  const { lines } = await checked({ HANDOFF_JWKS_URL: keySet.url, HANDOFF_LOGIN_URL: url })
  expect(lines[0]).toMatchObject({
    status: 'pass',
    says: expect.stringMatching(/has (one key|\d+ keys)$/) as string,
  })
})

test('of a shared secret nothing is claimed that was not seen', async () => {
  const { url } = await startPage(200)
  const { lines } = await checked({ HANDOFF_SECRET: crmSecret, HANDOFF_LOGIN_URL: url })
  expect(lines[0]?.says).toBe(
    'hand-overs have to be signed with HANDOFF_SECRET; whether yours are shows at the first login',
  )
})
