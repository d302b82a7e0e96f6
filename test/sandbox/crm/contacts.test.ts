import { expect, onTestFinished, test } from 'vitest'
import { createBrowser } from '../../../src/sandbox/browser/create-browser.ts'
import { openServer } from '../../../src/sandbox/open-server.ts'
import { crmAtHand } from './crm-at-hand.ts'

/** A connector that takes the changes at the second try. */
async function takingChanges() {
  const { app, url } = await openServer()
  const taken: { account: string; authorization: string | undefined; body: unknown }[] = []
  let tries = 0
  app.post<{ Params: { account: string } }>('/v1/connections/:account/changes', (request, reply) => {
    tries += 1
    if (tries === 1) return reply.code(503).send()
    const { authorization } = request.headers
    taken.push({ account: request.params.account, authorization, body: request.body })
    return reply.code(202).send({ accepted: 1, waiting: 1 })
  })
  await app.ready()
  onTestFinished(() => app.close())
  return { url, taken }
}

test('a contact that is renamed in the CRM is passed on, and exported with its new name', async () => {
  const { url: internalUrl, taken } = await takingChanges()
  const { crm } = await crmAtHand({ changes: { internalUrl, internalToken: 'token' } })
  const page = `${crm.url}/contacts/nordwind-contact-000002`
  expect(await (await fetch(page)).text()).toContain('name="name"')
  const renamed = await fetch(page, { method: 'POST', body: new URLSearchParams({ name: 'Lena <Vogt>' }) })
  expect(await renamed.text()).toContain('value="Lena &lt;Vogt&gt;"')
  await expect.poll(() => taken).toHaveLength(1)
  const row = { id: 'nordwind-contact-000002', name: 'Lena <Vogt>' }
  expect(taken).toMatchObject([
    {
      ...{ account: 'nordwind', authorization: 'Bearer token' },
      body: { changes: [{ kind: 'contacts', op: 'upsert', row }] },
    },
  ])
  const exported = await fetch(`${crm.exportUrl}/contacts?account=nordwind`, {
    headers: { authorization: `Bearer ${crm.exportToken}` },
  })
  expect(((await exported.json()) as { items: object[] }).items[1]).toMatchObject(row)
  expect((await fetch(`${crm.url}/contacts/nobody-contact-000002`)).status).toBe(404)
})

test('who saves a name reads that it was saved, in their language; nobody else does', async () => {
  const { crm } = await crmAtHand()
  const browser = createBrowser()
  const page = `${crm.url}/contacts/acme-contact-000001`
  const said = () => /role="status">([^<]*)</.exec(browser.page.html)?.[1] ?? null
  const save = async (name: string) => {
    const [form] = browser.page.forms
    if (!form) throw new Error('there is no form')
    await browser.submit(form, { name })
    return said()
  }
  await browser.get(page)
  expect(said()).toBeNull()
  expect(await save('Lena Vogt')).toBe('Saved.')
  expect(await save('Lena Weber')).toBe('Saved.')
  expect(browser.page.html).toContain('value="Lena Weber"')
  expect(await save('   ')).toBeNull()
  expect(browser.page.html).toContain('value="Lena Weber"')
  await browser.get(page)
  expect(said()).toBeNull()
  const russian = await fetch(page, {
    ...{ method: 'POST', body: new URLSearchParams({ name: 'Anna' }), headers: { 'accept-language': 'ru' } },
  })
  expect(await russian.text()).toContain('role="status">Сохранено.<')
})
